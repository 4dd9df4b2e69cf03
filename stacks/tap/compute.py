"""The validator: it takes nothing from the database, so it need not wait for it."""

from __future__ import annotations

from hashlib import sha256

from awacs import dynamodb, s3
from troposphere import Equals, If, Not, NoValue, Sub, awslambda

from stackgen import Condition, Output, Parameter, allow
from stackgen.parameter_types import SECURITY_GROUP_ID, SecurityGroupId

from .database_parameters import WRITING, PasswordParameters
from .functions import WithAlarms, WithFunctions, error_rate, in_vpc, metric, reads_parameters
from .parameters import ErrorRateParameters, PrivateParameters, ValidatorParameters

VALIDATOR = "transaction-validator"


class WithPrivateFunctions(WithFunctions, PrivateParameters, PasswordParameters):
    """Functions in the private subnets that read the database's password at run time."""

    LambdaSecurityGroupId: Parameter[SecurityGroupId] = Parameter(
        SECURITY_GROUP_ID,
        description="Security group of the functions",
        constraint_description="the ID of a security group",
    )

    def vpc_config(self) -> awslambda.VPCConfig:
        """The private subnets and the functions' group."""
        return awslambda.VPCConfig(
            SubnetIds=self.PrivateSubnetIds,
            SecurityGroupIds=[self.LambdaSecurityGroupId],
            Ipv6AllowedForDualStack=False,
        )


class ComputeStack(WithPrivateFunctions, ValidatorParameters, ErrorRateParameters, WithAlarms):
    """TapStack compute: the transaction validator as a container function with a version, an alias and alarms."""

    file = "compute-stack"

    SessionTableName: Parameter = Parameter(
        pattern=r"^[a-zA-Z0-9_.-]{3,255}$",
        description="Name of the session table",
        constraint_description="the name of a DynamoDB table",
    )
    SessionTableArn: Parameter = Parameter(
        pattern=r"^arn:aws[a-z-]*:dynamodb:.+:table/.+$",
        description="ARN of the session table",
        constraint_description="the ARN of a DynamoDB table",
    )
    AuditLogBucketName: Parameter = Parameter(
        pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        description="Name of the bucket of audit logs",
        constraint_description="the name of a bucket",
    )
    AuditLogBucketArn: Parameter = Parameter(
        pattern=r"^arn:aws[a-z-]*:s3:::.+$",
        description="ARN of the bucket of audit logs",
        constraint_description="the ARN of a bucket",
    )

    HasConcurrency = Condition(Not(Equals(ValidatorParameters.ValidatorConcurrency, "0")))

    ValidatorFunctionArn = Output(description="ARN of the validator")
    ValidatorFunctionName = Output(description="Name of the validator")
    ValidatorAliasArn = Output(description="ARN of the alias live, which callers should use")
    ValidatorRoleArn = Output(description="ARN of the validator's role")

    def build(self) -> None:
        """Log group, role, function, version, alias, alarms."""
        log_group = self.log_group("ValidatorLogGroup", VALIDATOR, self.KeyArn)
        role = self.function_role(
            "ValidatorRole",
            log_group,
            in_vpc(),
            reads_parameters(
                *(f"/tap/${{EnvironmentSuffix}}/database/{name}" for name in WRITING),
                "${DatabasePasswordParameterName}",
            ),
            allow(dynamodb.GetItem, on=[self.SessionTableArn]),
            allow(s3.PutObject, on=[Sub("${AuditLogBucketArn}/transactions/*")]),
        )
        function = self.container_function(
            "TransactionValidator",
            repository=VALIDATOR,
            role=role,
            log_group=log_group,
            description="Validates transactions; stores each once, and tells the audit log",
            memory=self.ValidatorMemory,
            timeout=self.ValidatorTimeout,
            variables={
                "AMOUNT_LIMIT": Sub("${TransactionLimit}"),
                "AUDIT_BUCKET": self.AuditLogBucketName,
                "IMAGE_TAG": self.ImageTag,
                "DATABASE_PARAMETERS_PATH": Sub("/tap/${EnvironmentSuffix}/database"),
                "LOG_LEVEL": "INFO",
                "PASSWORD_PARAMETER": self.DatabasePasswordParameterName,
                "SESSION_TABLE": self.SessionTableName,
            },
            VpcConfig=self.vpc_config(),
            KmsKeyArn=self.KeyArn,
            ReservedConcurrentExecutions=If(self.HasConcurrency, self.ValidatorConcurrency, NoValue),
        )
        alias = self.released(function)
        self.add_alarms(function)
        self.ValidatorFunctionArn = function.get_att("Arn")
        self.ValidatorFunctionName = function.ref()
        self.ValidatorAliasArn = alias.ref()
        self.ValidatorRoleArn = role.get_att("Arn")

    def released(self, function: awslambda.Function) -> awslambda.Alias:
        """A version for each image, size and shape of the function: CloudFormation publishes one for a new resource.

        The description names image and size, so that another value replaces the version. What the template says of
        the function is digested into the logical ID. Lambda refuses a version that is like the last one, so the
        image's tag is also a variable of the function.
        """
        shape = sha256(function.to_json().encode()).hexdigest()[:8]
        version = self.add(
            awslambda.Version(
                f"ValidatorVersion{shape}",
                FunctionName=function.ref(),
                Description=Sub("${ImageTag}, ${ValidatorMemory} MB, ${ValidatorTimeout} s"),
            )
        )
        return self.add(
            awslambda.Alias(
                "ValidatorAlias",
                Name="live",
                Description="What callers use",
                FunctionName=function.ref(),
                FunctionVersion=version.get_att("Version"),
            )
        )

    def add_alarms(self, function: awslambda.Function) -> None:
        """Failing, slow, throttled."""
        of_function: dict[str, object] = {"FunctionName": function.ref()}
        self.alarm(
            "ValidatorErrorRateAlarm",
            "validator-error-rate",
            description="The validator fails too often",
            Metrics=error_rate(function.ref()),
            ComparisonOperator="GreaterThanThreshold",
            Threshold=self.LambdaErrorRateThreshold,
            EvaluationPeriods=3,
            DatapointsToAlarm=2,
        )
        self.alarm(
            "ValidatorDurationAlarm",
            "validator-duration",
            description="One validation in twenty takes more than five seconds",
            ComparisonOperator="GreaterThanThreshold",
            Threshold=5_000,
            EvaluationPeriods=5,
            DatapointsToAlarm=3,
            **metric("AWS/Lambda", "Duration", of_function, "p95"),
        )
        self.alarm(
            "ValidatorThrottlesAlarm",
            "validator-throttles",
            description="Validations are refused for want of concurrency",
            ComparisonOperator="GreaterThanThreshold",
            Threshold=0,
            EvaluationPeriods=3,
            DatapointsToAlarm=2,
            **metric("AWS/Lambda", "Throttles", of_function, "Sum"),
        )
