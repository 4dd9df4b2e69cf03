"""One resource, one property changed: identities, keys, messages, DNS and the smaller services."""

from __future__ import annotations

from tests.review.impact.cases.documents import key_policy
from tests.review.impact.cases.model import REFERENCE, Case, changed, property_of, replaced, updated
from tests.review.impact.cases.resources import (
    certificate,
    custom_resource,
    key,
    log_group,
    managed_policy,
    queue,
    record,
    role,
    rule,
    secret,
    ssm_parameter,
    state_machine,
    subscription,
    topic,
    user_pool,
    volume,
)

KMS_KEY = f"{REFERENCE}/aws-resource-kms-key.html"
OTHER_FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:other-worker"

IDENTITY = (
    replaced(
        "another name makes another role",
        "iam-role",
        "RoleName",
        role(RoleName="worker"),
        role(RoleName="worker-2"),
    ),
    replaced("another path makes another role", "iam-role", "Path", role(), role(Path="/service/")),
    replaced(
        "another name makes another managed policy",
        "iam-managedpolicy",
        "ManagedPolicyName",
        managed_policy(ManagedPolicyName="sender"),
        managed_policy(ManagedPolicyName="sender-2"),
    ),
    updated("a KMS key is disabled in place", "kms-key", "Enabled", key(Enabled=True), key(Enabled=False)),
    updated(
        "the policy of a KMS key is updated in place",
        "kms-key",
        "KeyPolicy",
        key(),
        key(KeyPolicy=key_policy("kms:Describe*", "kms:Put*", "kms:Create*")),
    ),
)

MESSAGES = (
    replaced("a queue cannot become FIFO in place", "sqs-queue", "FifoQueue", queue(), queue(FifoQueue=True)),
    updated(
        "a queue hides messages longer in place",
        "sqs-queue",
        "VisibilityTimeout",
        queue(),
        queue(VisibilityTimeout=120),
    ),
    replaced(
        "another name makes another topic",
        "sns-topic",
        "TopicName",
        topic(TopicName="orders"),
        topic(TopicName="orders-2"),
    ),
    replaced(
        "another endpoint makes another subscription",
        "sns-subscription",
        "Endpoint",
        subscription(),
        subscription(Endpoint="arn:aws:sqs:us-east-1:111122223333:returns"),
    ),
    replaced(
        "another name makes another rule",
        "events-rule",
        "Name",
        rule(Name="hourly"),
        rule(Name="every-hour"),
    ),
    updated(
        "a rule gets another schedule in place",
        "events-rule",
        "ScheduleExpression",
        rule(),
        rule(ScheduleExpression="rate(2 hours)"),
    ),
)

REST = (
    replaced(
        "another name makes another DNS record",
        "route53-recordset",
        "Name",
        record(),
        record(Name="shop.example.com."),
    ),
    updated("a DNS record lives longer in place", "route53-recordset", "TTL", record(), record(TTL="600")),
    replaced(
        "another domain makes another certificate",
        "certificatemanager-certificate",
        "DomainName",
        certificate(),
        certificate(DomainName="shop.example.com"),
    ),
    replaced(
        "another validation makes another certificate",
        "certificatemanager-certificate",
        "ValidationMethod",
        certificate(),
        certificate(ValidationMethod="EMAIL"),
    ),
    replaced(
        "another name makes another log group",
        "logs-loggroup",
        "LogGroupName",
        log_group(LogGroupName="/shop/orders"),
        log_group(LogGroupName="/shop/carts"),
    ),
    updated(
        "a log group keeps its events longer in place",
        "logs-loggroup",
        "RetentionInDays",
        log_group(),
        log_group(RetentionInDays=90),
    ),
    updated(
        "a parameter of the Parameter Store becomes a list in place",
        "ssm-parameter",
        "Type",
        ssm_parameter(),
        ssm_parameter(Type="StringList"),
    ),
    replaced(
        "another name makes another secret",
        "secretsmanager-secret",
        "Name",
        secret(Name="shop/database"),
        secret(Name="shop/db"),
    ),
    replaced(
        "a standard state machine cannot become express in place",
        "stepfunctions-statemachine",
        "StateMachineType",
        state_machine(),
        state_machine(StateMachineType="EXPRESS"),
    ),
    updated(
        "a state machine gets other states in place",
        "stepfunctions-statemachine",
        "DefinitionString",
        state_machine(),
        state_machine(DefinitionString='{"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}'),
    ),
)

REFUSED = (
    changed(
        "the kind of a KMS key cannot change",
        KMS_KEY,
        key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY"),
        key(KeySpec="RSA_4096", KeyUsage="SIGN_VERIFY"),
        "fails",
        failure="KeySpec",
    ),
    changed(
        "the use of a KMS key cannot change",
        KMS_KEY,
        key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY"),
        key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT"),
        "fails",
        failure="KeyUsage",
    ),
    changed(
        "a KMS key cannot become a multi-Region key",
        KMS_KEY,
        key(MultiRegion=False),
        key(MultiRegion=True),
        "fails",
        failure="MultiRegion",
    ),
    changed(
        "the zone of a volume cannot change",
        property_of("ec2-volume", "AvailabilityZone"),
        volume(AvailabilityZone="us-east-1a"),
        volume(AvailabilityZone="us-east-1b"),
        "fails",
        failure="AvailabilityZone",
    ),
    changed(
        "the function behind a custom resource cannot change",
        f"{REFERENCE}/aws-resource-cloudformation-customresource.html",
        custom_resource(),
        custom_resource(ServiceToken=OTHER_FUNCTION),
        "fails",
        failure="ServiceToken",
        note="the property's text says that updates are not supported; the line below it says Replacement",
    ),
    changed(
        "what users of a pool sign in with cannot change",
        property_of("cognito-userpool", "UsernameAttributes"),
        user_pool(),
        user_pool(UsernameAttributes=["email"]),
        "fails",
        failure="UsernameAttributes",
    ),
    changed(
        "the aliases of users of a pool cannot change",
        property_of("cognito-userpool", "AliasAttributes"),
        user_pool(AliasAttributes=["email"]),
        user_pool(AliasAttributes=["email", "phone_number"]),
        "fails",
        failure="AliasAttributes",
    ),
    changed(
        "an attribute of the users of a pool cannot leave the schema",
        property_of("cognito-userpool", "Schema"),
        user_pool(Schema=[{"Name": "team", "AttributeDataType": "String", "Mutable": True}]),
        user_pool(Schema=[{"Name": "desk", "AttributeDataType": "String", "Mutable": True}]),
        "fails",
        failure="Schema",
    ),
    changed(
        "an attribute of the users of a pool is added in place",
        property_of("cognito-userpool", "Schema"),
        user_pool(Schema=[{"Name": "team", "AttributeDataType": "String", "Mutable": True}]),
        user_pool(
            Schema=[
                {"Name": "team", "AttributeDataType": "String", "Mutable": True},
                {"Name": "desk", "AttributeDataType": "String", "Mutable": True},
            ]
        ),
        "update",
    ),
)

CASES: tuple[Case, ...] = IDENTITY + MESSAGES + REST + REFUSED
