"""Rules about what answers from the outside: APIs, distributions, listeners, user pools."""

from __future__ import annotations

import pytest

from .kit import paths, seen


@pytest.mark.parametrize(
    ("route", "found"),
    [
        ("{RouteKey: GET /a}", 1),
        ("{RouteKey: GET /a, AuthorizationType: NONE}", 1),
        ("{RouteKey: GET /a, AuthorizationType: AWS_IAM}", 0),
        ("{RouteKey: GET /a, AuthorizationType: !ImportValue a}", 0),
        ("{RouteKey: OPTIONS /a}", 0),
        ("{RouteKey: $default}", 1),
        ("{RouteKey: $connect}", 1),
        ("{RouteKey: send, AuthorizationType: NONE}", 0),
        ("{RouteKey: !ImportValue a}", 0),
        ("{RouteKey: !Sub 'GET /${AWS::Region}'}", 1),
        ("{RouteKey: !Sub 'GET /${AWS::Region}', AuthorizationType: JWT}", 0),
    ],
)
def test_a_route_asks_who_calls(route: str, found: int) -> None:
    template = f"Resources: {{Route: {{Type: AWS::ApiGatewayV2::Route, Properties: {route}}}}}"
    assert len(seen(template, "W9143")) == found


@pytest.mark.parametrize(
    ("method", "found"),
    [
        ("{HttpMethod: GET, AuthorizationType: NONE}", 1),
        ("{HttpMethod: GET, AuthorizationType: NONE, ApiKeyRequired: true}", 0),
        ("{HttpMethod: GET, AuthorizationType: NONE, ApiKeyRequired: !If [A, true, false]}", 1),
        ("{HttpMethod: GET, AuthorizationType: !If [A, AWS_IAM, NONE], ApiKeyRequired: !If [A, false, true]}", 0),
        ("{HttpMethod: OPTIONS, AuthorizationType: NONE}", 0),
        ("{HttpMethod: POST, AuthorizationType: AWS_IAM, Integration: {Type: AWS_PROXY}}", 0),
        ("{HttpMethod: POST, AuthorizationType: AWS_IAM, Integration: {Type: AWS}}", 1),
        ("{HttpMethod: POST, AuthorizationType: AWS_IAM, RequestValidatorId: a, Integration: {Type: AWS}}", 0),
    ],
)
def test_a_method_asks_who_calls_and_checks_what_no_function_does(method: str, found: int) -> None:
    template = f"Resources: {{Method: {{Type: AWS::ApiGateway::Method, Properties: {method}}}}}"
    assert len(seen(template, "W9143")) == found


DOCUMENT = "{openapi: 3.0.1, %s, paths: {/a: {get: {%s}, options: {}}, /b: {post: {security: [{iam: []}]}}}}"


@pytest.mark.parametrize(
    ("api", "found"),
    [
        ("RestApi, Properties: {Body: %s}" % (DOCUMENT % ("info: {}", "")), 1),
        ("RestApi, Properties: {Body: %s}" % (DOCUMENT % ("security: [{iam: []}]", "security: []")), 1),
        ("RestApi, Properties: {Body: %s}" % (DOCUMENT % ("security: [{iam: []}]", "")), 0),
        ("RestApi, Properties: {Body: %s}" % (DOCUMENT % ("x-amazon-apigateway-policy: {}", "")), 0),
        ("RestApi, Properties: {Policy: {}, Body: %s}" % (DOCUMENT % ("info: {}", "")), 0),
        ("RestApi, Properties: {Body: {'Fn::Transform': {Name: AWS::Include}}}", 0),
        ("RestApi, Properties: {Body: {paths: !ImportValue a}}", 0),
        ("RestApi, Properties: {Body: {paths: {/a: !If [A, {get: {}}, {}], /b: 5, /c: {get: !If [A, {}, {}]}}}}", 2),
    ],
)
def test_an_operation_of_a_document_asks_who_calls(api: str, found: int) -> None:
    template = f"Resources: {{Api: {{Type: AWS::ApiGateway::{api}}}}}"
    assert len(seen(template, "W9143")) == found


@pytest.mark.parametrize(
    ("resource", "message"),
    [
        ("AWS::Lambda::Url, Properties: {AuthType: NONE}", "asks nobody who calls: AuthType is NONE"),
        ("AWS::Lambda::Url, Properties: {AuthType: AWS_IAM}", ""),
        (
            "AWS::Serverless::Function, Properties: {FunctionUrlConfig: {AuthType: NONE}}",
            "asks nobody who calls its URL: AuthType is NONE",
        ),
        ("AWS::Serverless::Function, Properties: {Handler: a}", ""),
        (
            "AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP, Target: !GetAtt Function.Arn}",
            "has a Target: the route that it makes asks nobody who calls",
        ),
        ("AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP}", ""),
        (
            "AWS::AppSync::GraphQLApi, Properties: {AuthenticationType: API_KEY}",
            "asks for a key alone, which says nobody who calls: AuthenticationType",
        ),
        ("AWS::AppSync::GraphQLApi, Properties: {AuthenticationType: AWS_IAM}", ""),
    ],
)
def test_what_answers_to_everybody_by_one_property_is_found(resource: str, message: str) -> None:
    template = f"Resources: {{One: {{Type: {resource}}}}}"
    assert [each.message for each in seen(template, "W9143")] == [f"One {message}"] * bool(message)


@pytest.mark.parametrize(("waits", "found"), [("60000", 1), ("'30001'", 1), ("30000", 0), ("!ImportValue a", 0)])
def test_an_integration_waits_no_longer_than_api_gateway_does(waits: str, found: int) -> None:
    template = f"Resources: {{One: {{Type: AWS::ApiGatewayV2::Integration, Properties: {{TimeoutInMillis: {waits}}}}}}}"
    assert len(seen(template, "W9143")) == found


def test_a_stage_is_limited_by_a_plan_too() -> None:
    template = """
    Resources:
      Stage: {Type: AWS::ApiGateway::Stage, Properties: {TracingEnabled: true, AccessLogSetting: {DestinationArn: a}}}
      Other: {Type: AWS::ApiGateway::Stage, Properties: {TracingEnabled: true, AccessLogSetting: {DestinationArn: a}}}
      Plan: {Type: AWS::ApiGateway::UsagePlan, Properties: {ApiStages: [{Stage: !Ref Stage}], Throttle: {RateLimit: 5}}}
    """
    assert [each.message for each in seen(template, "W9143")] == [
        "Other does not say how many requests it takes: throttling"
    ]


def test_sams_apis_say_the_same_by_other_names() -> None:
    template = """
    Transform: AWS::Serverless-2016-10-31
    Globals: {HttpApi: {AccessLogSettings: {DestinationArn: a, Format: b}}}
    Resources:
      Api: {Type: AWS::Serverless::HttpApi, Properties: {CorsConfiguration: true}}
      Fine:
        Type: AWS::Serverless::HttpApi
        Properties:
          Auth: {DefaultAuthorizer: a}
          DefaultRouteSettings: {ThrottlingRateLimit: 1}
          CorsConfiguration: {AllowOrigins: ['https://a.example']}
    """
    assert [each.message for each in seen(template, "W9143", "W9165")] == [
        "Api does not say how many requests it takes: throttling",
        "Api asks nobody who calls: Auth",
        "Api lets the pages of every origin read its answers",
    ]


@pytest.mark.parametrize(
    ("origins", "found"),
    [
        ("['*']", 1),
        ("['https://a.example', '*']", 1),
        ("!Ref Origins", 1),
        ("!Ref Given", 0),
        ("[!If [IsProd, 'https://a.example', '*']]", 1),
        ("['https://*.a.example']", 0),
    ],
)
def test_origins_are_named_unless_the_environment_is_short_lived(origins: str, found: int) -> None:
    template = f"""
    Parameters: {{Origins: {{Type: CommaDelimitedList, Default: '*'}}, Given: {{Type: CommaDelimitedList}}}}
    Conditions: {{IsProd: !Equals [a, b]}}
    Resources:
      Api: {{Type: AWS::ApiGatewayV2::Api, Properties: {{CorsConfiguration: {{AllowOrigins: {origins}}}}}}}
    """
    assert len(paths(template, "W9165")) == found
    assert not paths(template, "W9165", "ephemeral")


DISTRIBUTION = """
Resources:
  Pages: {{Type: AWS::S3::Bucket}}
  Distribution:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        DefaultRootObject: index.html
        DefaultCacheBehavior: {{ViewerProtocolPolicy: https-only}}
        {more}
"""


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            "CacheBehaviors: [{ViewerProtocolPolicy: allow-all}]",
            "answers without HTTPS: ViewerProtocolPolicy is allow-all",
        ),
        ("Origins: [{DomainName: !GetAtt Pages.DomainName}]", "reads a bucket without OriginAccessControlId"),
        (
            "Origins: [{DomainName: a, CustomOriginConfig: {OriginProtocolPolicy: http-only}}]",
            "calls an origin without HTTPS: OriginProtocolPolicy is http-only",
        ),
        (
            "Origins: [{DomainName: !Sub '${Pages}.s3.${AWS::Region}.amazonaws.com', CustomOriginConfig: {}}]",
            "reads a bucket without OriginAccessControlId",
        ),
        (
            "Origins: [{DomainName: b, S3OriginConfig: {}, OriginAccessControlId: !If [A, b, !Ref AWS::NoValue]}]",
            "reads a bucket without OriginAccessControlId",
        ),
        (
            "Origins: [{DomainName: a, CustomOriginConfig: {OriginSSLProtocols: [TLSv1.2, SSLv3]}}]",
            "calls an origin by SSLv3: OriginSSLProtocols TLSv1.2 is expected",
        ),
        (
            "ViewerCertificate: {CloudFrontDefaultCertificate: false, MinimumProtocolVersion: TLSv1.1_2016}",
            "speaks TLSv1.1_2016 still: MinimumProtocolVersion TLSv1.2_2021 is expected",
        ),
        (
            "ViewerCertificate: {AcmCertificateArn: a}",
            "speaks TLSv1 still: MinimumProtocolVersion TLSv1.2_2021 is expected",
        ),
    ],
)
def test_a_distribution_that_is_open_somewhere_is_found(more: str, message: str) -> None:
    assert [each.message for each in seen(DISTRIBUTION.format(more=more), "W9141")] == [f"Distribution {message}"]


@pytest.mark.parametrize(
    "more",
    [
        "ViewerCertificate: {CloudFrontDefaultCertificate: true}",
        "ViewerCertificate: {CloudFrontDefaultCertificate: !ImportValue a}",
        "Origins: [{DomainName: !Sub '${Pages}.s3.amazonaws.com', OriginAccessControlId: a, CustomOriginConfig: {}}]",
        "Origins: [{DomainName: !ImportValue a, CustomOriginConfig: {OriginSSLProtocols: [TLSv1.2]}}]",
        "ViewerCertificate: {AcmCertificateArn: a, MinimumProtocolVersion: !ImportValue a}",
        "Origins: [{DomainName: api.example, CustomOriginConfig: {OriginProtocolPolicy: https-only}}]",
        "Origins: [{DomainName: a.s3-website-eu.example, CustomOriginConfig: {OriginProtocolPolicy: http-only}}]",
        "Origins: [{DomainName: a, OriginAccessControlId: a, S3OriginConfig: {OriginAccessIdentity: ''}}]",
    ],
)
def test_a_distribution_that_is_strict_is_not_found(more: str) -> None:
    assert not seen(DISTRIBUTION.format(more=more), "W9141")


def test_the_log_of_a_distribution_may_be_delivered_by_cloudwatch() -> None:
    template = """
    Resources:
      Distribution: {Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {WebACLId: a}}}
      Source:
        Type: AWS::Logs::DeliverySource
        Properties: {ResourceArn: !Sub 'arn:aws:cloudfront::1:distribution/${Distribution}'}
    """
    assert not seen(template, "W9168", profile="production")


@pytest.mark.parametrize(
    ("listener", "found"),
    [
        ("{Protocol: HTTP, DefaultActions: [{Type: forward}]}", 1),
        ("{Protocol: TCP, DefaultActions: [{Type: forward}]}", 0),
        ("{Protocol: HTTPS, SslPolicy: ELBSecurityPolicy-2016-08, DefaultActions: [{Type: forward}]}", 1),
        ("{Protocol: HTTPS, SslPolicy: ELBSecurityPolicy-TLS13-1-0-2021-06, DefaultActions: [{Type: forward}]}", 1),
        ("{Protocol: HTTPS, SslPolicy: ELBSecurityPolicy-TLS13-1-3-2021-06, DefaultActions: [{Type: forward}]}", 0),
        ("{Protocol: !ImportValue a, DefaultActions: [{Type: forward}]}", 0),
        ("{Protocol: HTTPS, DefaultActions: [{Type: forward}]}", 1),
        ("{Protocol: HTTP, DefaultActions: [{Type: redirect, RedirectConfig: {Protocol: HTTP}}]}", 1),
        ("{Protocol: HTTP, DefaultActions: [{Type: redirect, RedirectConfig: {Protocol: HTTPS}}]}", 0),
    ],
)
def test_a_listener_speaks_recent_tls_or_redirects(listener: str, found: int) -> None:
    template = f"Resources: {{One: {{Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {listener}}}}}"
    assert len(seen(template, "E9172")) == found


@pytest.mark.parametrize(
    ("resource", "found"),
    [
        ("ElasticLoadBalancing::LoadBalancer, Properties: {Listeners: [{Protocol: http}, {Protocol: HTTPS}]}", 1),
        ("ElasticLoadBalancing::LoadBalancer, Properties: {Listeners: [{Protocol: SSL}]}", 0),
        ("Elasticsearch::Domain, Properties: {DomainEndpointOptions: {EnforceHTTPS: true}}", 0),
        ("Elasticsearch::Domain", 1),
    ],
)
def test_older_endpoints_speak_tls_too(resource: str, found: int) -> None:
    assert len(seen(f"Resources: {{One: {{Type: AWS::{resource}}}}}", "E9172")) == found


def test_each_class_of_characters_and_the_length_of_passwords_count() -> None:
    template = """
    Parameters: {Length: {Type: Number, Default: 6}}
    Resources:
      Pool:
        Type: AWS::Cognito::UserPool
        Properties:
          MfaConfiguration: 'ON'
          Policies:
            PasswordPolicy:
              {MinimumLength: !Ref Length, RequireLowercase: true, RequireNumbers: true, RequireSymbols: 'true'}
      Client: {Type: AWS::Cognito::UserPoolClient, Properties: {PreventUserExistenceErrors: ENABLED}}
      Loose: {Type: AWS::Cognito::UserPoolClient}
    """
    assert [each.message for each in seen(template, "W9174")] == [
        "Loose tells who is a user: PreventUserExistenceErrors is LEGACY",
        "Pool takes passwords that are too simple: RequireUppercase",
        "Pool takes passwords of 6 characters, not 8 or more",
    ]
