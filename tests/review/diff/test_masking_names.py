"""Which names say that what they stand for is a secret, which do not, and what of a text is one."""

from __future__ import annotations

import time

import pytest

from stackgen.review.diff.masking import masked_text
from stackgen.review.diff.secret_names import is_named, is_open, is_pointer, is_secret, scrubbed


def _words(text: str) -> list[str]:
    return text.split()


HIDING = """
    password Password MasterUserPassword DB_PASSWORD db-password db.password spring.datasource.password Passwords
    ADMIN_PASSWORD_2 Password1 passwd PGPASSWD DB_PWD DB_PASS dbPass pass PASS passphrase KeyPassphrase
    secret Secret ClientSecret client_secret clientsecret AppSecret JWT_SECRET X-Origin-Secret SecretString
    SecretKey SECRET_KEY aws_secret_access_key SecretAccessKey AccessKey access_key
    token Token AuthToken ApiToken SecretToken GITHUB_TOKEN accesstoken access_token OAuthToken RefreshToken
    BearerToken HECToken SERVICE_TOKEN CLIENT_TOKEN TokenValue
    apikey ApiKey API_KEY x-api-key ApiKeyValue PrivateKey PRIVATE_KEY AuthKey PreSharedKey JWT_SIGNING_KEY
    credentials Credential DB_CREDENTIALS ConnectionString MONGO_CONNECTION_STRING /app/db/password *dbPassword
"""

ONLY_ALIKE = """
    DatabasePasswordParameterName DatabasePasswordParameterVersion PasswordParameter PASSWORD_PARAMETER
    PasswordLength PasswordPolicy PasswordResetRequired PasswordHistorySize ConnectionPasswordEncryption
    SecretArn SecretARN SecretId SecretName SecretsArn Secrets SecretOptions SecretStringTemplate GenerateSecretString
    GenerateSecret MasterUserSecret MasterUserSecretKmsKeyId ClientSecretArn DB_SECRET_ARN DB_PASSWORD_PATH
    NextToken nextToken ContinuationToken IdempotencyToken ClientToken ClientRequestToken ServiceToken VersionToken
    TokenKey TokenKeyId TokenValidityUnits AccessTokenValidity AccessTokenValidityUnits TokenEndpoint TokenType
    HttpTokens MaxTokens Tokenizer EnableTokenRevocation ApiKeyId ApiKeyRequired ApiKeySourceType API_KEY_NAME
    AccessKeyId AWS_ACCESS_KEY_ID KmsKeyId KMSMasterKeyID EncryptionKey KeyName KeySchema PublicKey HashKeyValue
    CredentialsArn CredentialsParameter AuthorizerCredentialsArn ConnectionStringParameterName
    Compass Bypass bypass Passenger Key Value Name Username Bucket ValueFrom Secretary
"""


@pytest.mark.parametrize("name", _words(HIDING))
def test_a_name_says_that_it_is_of_a_secret(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize("name", _words(ONLY_ALIKE))
def test_a_name_that_only_sounds_so_hides_nothing(name: str) -> None:
    assert not is_secret(name)


@pytest.mark.parametrize("name", ["SecretArn", "KmsKeyId", "Name", "ValueFrom", "CredentialsParameter", "Type", "Path"])
def test_inside_a_secret_object_what_says_where_it_is_kept_is_shown(name: str) -> None:
    assert is_pointer(name)


@pytest.mark.parametrize(
    ("holder", "key", "expected"),
    [
        ({"Name": "DB_PASSWORD", "Value": "x"}, "Value", True),
        ({"name": "DB_PASSWORD", "value": "x"}, "value", True),
        ({"Key": "api-token", "Value": "x"}, "Value", True),
        ({"ParameterKey": "DbPassword", "ParameterValue": "x"}, "ParameterValue", True),
        ({"parameterKey": "DbPassword", "parameterValue": "x"}, "parameterValue", True),
        ({"ParameterKey": "Word", "ParameterValue": "x"}, "ParameterValue", True),
        ({"HeaderName": "X-Origin-Secret", "HeaderValue": "x"}, "HeaderValue", True),
        ({"OptionName": "DB_PASSWORD", "Namespace": "n", "Value": "x"}, "Value", True),
        ({"Name": "DB_PASSWORD", "Type": "PLAINTEXT", "Value": "x"}, "Value", True),
        ({"Name": "DB_PASSWORD", "Type": "PARAMETER_STORE", "Value": "/app/db"}, "Value", False),
        ({"Name": "DB_PASSWORD", "Type": "SECRETS_MANAGER", "Value": "db:password"}, "Value", False),
        ({"Name": "DB_PASSWORD", "ValueFrom": "arn"}, "ValueFrom", False),
        ({"Name": "DB_PASSWORD", "Value": "x"}, "Name", False),
        ({"Name": "LEVEL", "Value": "x"}, "Value", False),
        ({"ParameterKey": "DbPasswordParameterName", "ParameterValue": "/app/db"}, "ParameterValue", False),
        (None, "Value", False),
    ],
)
def test_a_value_is_secret_by_the_name_beside_it(holder: object, key: str, expected: bool) -> None:
    assert is_named(holder, key, frozenset(["Word"])) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("true", True),
        ("minutes", True),
        ("arn:aws:secretsmanager:us-east-1:111111111111:secret:db", True),
        ("arn:${AWS::Partition}:lambda:x", True),
        ("{{resolve:ssm-secure:/db:1}}", True),
        ("${DbPassword}", True),
        ("${A}-${B}", True),
        ("hunter2", False),
        ("hunter2-${A}", False),
        ("/tap/dev/db", False),
        ("12345678", False),
    ],
)
def test_a_text_in_a_secret_place_is_open_where_it_holds_none(text: str, expected: bool) -> None:
    assert is_open(text) is expected


TEXTS = {
    "https://user:hunter2@host/x": "https://user:****@host/x",
    "postgres://app:p@ss@db:5432/app": "postgres://app:****@db:5432/app",
    "amqps://${User}:hunter2@${Host}": "amqps://${User}:****@${Host}",
    "redis://:hunter2@cache": "redis://:****@cache",
    "a https://a:x@b and http://c:y@d": "a https://a:****@b and http://c:****@d",
    "export DB_PASSWORD=hunter2": "export DB_PASSWORD=****",
    'TOKEN="hunter 2" next': 'TOKEN="****" next',
    "Server=db;User Id=sa;Password=hunter2;": "Server=db;User Id=sa;Password=****;",
    "https://x.com/?token=hunter2&a=b": "https://x.com/?token=****&a=b",
    "mysql --password=hunter2 -u root": "mysql --password=**** -u root",
    "docker login --username a --password hunter2 host": "docker login --username a --password **** host",
    'x {"password": "hunter2", "a": "b"}': 'x {"password": "****", "a": "b"}',
    "a: b\n  db_password: hunter2\nc: d": "a: b\n  db_password: ****\nc: d",
    '{"a": [{"name": "API_TOKEN", "value": "hunter2"}]}': '{"a": [{"name": "API_TOKEN", "value": "****"}]}',
}


@pytest.mark.parametrize(("text", "expected"), TEXTS.items())
def test_a_secret_goes_from_a_text_and_the_rest_stays(text: str, expected: str) -> None:
    assert masked_text(text) == expected
    assert masked_text(expected) == expected


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com:8080/path@2x.png",
        "https://api.${AWS::Region}.example.com/?mail=a@b",
        "https://user@host/x",
        "ssh://git@host:22/x",
        "https://${User}:${Password}@host",
        "https://user:{{resolve:ssm:x}}@host",
        "arn:aws:secretsmanager:us-east-1:111111111111:secret:db-x",
        "{{resolve:secretsmanager:db:SecretString:password}}",
        'TOKEN=$(curl -X PUT "http://169.254.169.254/latest/api/token")',
        'PASSWORD="$DB_PASSWORD"',
        "PASSWORD=${DbPassword}",
        "docker login --password $PASSWORD --password-stdin host",
        "TOKEN=`cat token`",
        "password = get_password()",
        "const token = event.authorizationToken;",
        "token=event.token",
        "{\n  token: event.token,\n  ResultToken: event.resultToken\n}",
        "DB_SECRET_ARN=arn:aws:x",
        '{"SecretId": "db", "Password": {"Ref": "Word"}}',
        '{"username": "admin"}',
        "The password must be long: use many words",
        "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n",
    ],
)
def test_a_text_without_a_secret_stays_as_it_is(text: str) -> None:
    assert masked_text(text) == text


@pytest.mark.parametrize(
    "part", ["a", "a=", "password=(", "://${", "://a:", '"a":', '"password": "', "-", "a: ", "\\", "`", "$(", " "]
)
def test_a_long_text_is_read_in_time(part: str) -> None:
    began = time.process_time()
    scrubbed(part * 20_000)
    scrubbed(f'{part * 20_000}\n=:"://@')
    assert time.process_time() - began < 2
