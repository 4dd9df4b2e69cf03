"""How AWS's price list calls the prices of the table: service, usage type and what else tells a product apart.

Usage types begin with a letter code of the region, except in us-east-1, where most have none. A name that is not
right any more is harmless: AWS then answers with no product or with several, and the price of the table stays.

Sources: usage types in rows of the price list that public repositories quote (the sources of prices.csv among
them); codes of regions: https://docs.aws.amazon.com/AmazonS3/latest/userguide/aws-usage-report-understand.html
"""

from __future__ import annotations

from typing import NamedTuple

CODES = {
    "ap-northeast-1": "APN1", "ap-northeast-2": "APN2", "ap-northeast-3": "APN3", "ap-south-1": "APS3",
    "ap-southeast-1": "APS1", "ap-southeast-2": "APS2", "ca-central-1": "CAN1", "eu-central-1": "EUC1",
    "eu-north-1": "EUN1", "eu-west-1": "EU", "eu-west-2": "EUW2", "eu-west-3": "EUW3", "sa-east-1": "SAE1",
    "us-east-1": "USE1", "us-east-2": "USE2", "us-west-1": "USW1", "us-west-2": "USW2",
}  # fmt: skip
HOURS = 730


class Product(NamedTuple):
    """``usages`` are tried in turn; ``per`` is how many of the list's units one unit of the table holds."""

    service: str
    usages: tuple[str, ...]
    filters: tuple[tuple[str, str], ...] = ()
    per: int | None = None
    regional: bool = True

    def usage_types(self, region: str) -> list[str]:
        """What the usage type can be called in a region; nothing where the region's code is not known."""
        if not self.regional:
            return list(self.usages)
        code = CODES.get(region)
        if code is None:
            return []
        starts = ["", f"{code}-"] if region == "us-east-1" else [f"{code}-"]
        if region == "eu-west-1":
            starts.append("EUW1-")
        found = [usage.format(region=region) for usage in self.usages]
        every = [each if each.startswith(region) else f"{start}{each}" for each in found for start in starts]
        return list(dict.fromkeys(every))


_AURORA = (("databaseEngine", "Aurora MySQL"),)

PRODUCTS = {
    "nat-hour": Product("AmazonEC2", ("NatGateway-Hours",)),
    "nat-gb": Product("AmazonEC2", ("NatGateway-Bytes",)),
    "vpce-hour": Product("AmazonVPC", ("VpcEndpoint-Hours",)),
    "vpce-gb": Product("AmazonVPC", ("VpcEndpoint-Bytes",)),
    "ipv4-hour": Product("AmazonVPC", ("PublicIPv4:InUseAddress",)),
    "aurora-acu": Product("AmazonRDS", ("Aurora:ServerlessV2Usage",), _AURORA),
    "aurora-acu-io": Product("AmazonRDS", ("Aurora:ServerlessV2IOOptimizedUsage",), _AURORA),
    "aurora-t3-medium": Product("AmazonRDS", ("InstanceUsage:db.t3.medium",), _AURORA),
    "aurora-storage": Product("AmazonRDS", ("Aurora:StorageUsage",)),
    "aurora-io": Product("AmazonRDS", ("Aurora:StorageIOUsage",)),
    "aurora-storage-io-opt": Product("AmazonRDS", ("Aurora:IO-OptimizedStorageUsage",)),
    "aurora-backup": Product("AmazonRDS", ("Aurora:BackupUsage",), _AURORA),
    "ddb-wru": Product("AmazonDynamoDB", ("WriteRequestUnits",)),
    "ddb-rru": Product("AmazonDynamoDB", ("ReadRequestUnits",)),
    "ddb-storage": Product("AmazonDynamoDB", ("TimedStorage-ByteHrs",)),
    "ddb-pitr": Product("AmazonDynamoDB", ("TimedPITRStorage-ByteHrs",)),
    "ddb-wcu": Product("AmazonDynamoDB", ("WriteCapacityUnit-Hrs",), per=HOURS),
    "ddb-rcu": Product("AmazonDynamoDB", ("ReadCapacityUnit-Hrs",), per=HOURS),
    "s3-std": Product("AmazonS3", ("TimedStorage-ByteHrs",)),
    "s3-put": Product("AmazonS3", ("Requests-Tier1",)),
    "s3-get": Product("AmazonS3", ("Requests-Tier2",)),
    "s3-gir": Product("AmazonS3", ("TimedStorage-GIR-ByteHrs",)),
    "s3-int": Product("AmazonS3", ("TimedStorage-INT-FA-ByteHrs",)),
    "lambda-req": Product("AWSLambda", ("Request",)),
    "lambda-gbs": Product("AWSLambda", ("Lambda-GB-Second",)),
    "lambda-gbs-arm": Product("AWSLambda", ("Lambda-GB-Second-ARM",)),
    "ecr-gb": Product("AmazonECR", ("TimedStorage-ByteHrs",)),
    "fargate-vcpu": Product("AmazonECS", ("Fargate-vCPU-Hours:perCPU",)),
    "fargate-gb": Product("AmazonECS", ("Fargate-GB-Hours",)),
    "fargate-vcpu-arm": Product("AmazonECS", ("Fargate-ARM-vCPU-Hours:perCPU",)),
    "fargate-gb-arm": Product("AmazonECS", ("Fargate-ARM-GB-Hours",)),
    "fargate-spot-vcpu": Product("AmazonECS", ("SpotUsage-Fargate-vCPU-Hours:perCPU",)),
    "fargate-spot-gb": Product("AmazonECS", ("SpotUsage-Fargate-GB-Hours",)),
    "amplify-build": Product("AWSAmplify", ("BuildDuration",)),
    "amplify-served": Product("AWSAmplify", ("DataTransferOut",)),
    "amplify-stored": Product("AWSAmplify", ("DataStorage",)),
    "alb-hour": Product("AWSELB", ("LoadBalancerUsage",), (("operation", "LoadBalancing:Application"),)),
    "alb-lcu": Product("AWSELB", ("LCUUsage",), (("operation", "LoadBalancing:Application"),)),
    "nlb-lcu": Product("AWSELB", ("LCUUsage",), (("operation", "LoadBalancing:Network"),)),
    "apigw-rest": Product("AmazonApiGateway", ("ApiGatewayRequest",)),
    "apigw-http": Product("AmazonApiGateway", ("ApiGatewayHttpRequest",)),
    "sns-req": Product("AmazonSNS", ("Requests-Tier1",)),
    "sqs-std": Product("AWSQueueService", ("Requests-RBP", "Requests-Tier1"), (("queueType", "Standard"),)),
    "sqs-fifo": Product(
        "AWSQueueService", ("Requests-FIFO-RBP", "Requests-FIFO-Tier1"), (("queueType", "FIFO (first-in, first-out)"),)
    ),
    "sfn-std": Product("AmazonStates", ("StateTransition",)),
    "sfn-exp-req": Product("AmazonStates", ("StepFunctions-Request",)),
    "eb-custom": Product("AWSEvents", ("Event-64K-Chunks",), (("eventType", "Custom Event"),)),
    "logs-in": Product("AmazonCloudWatch", ("DataProcessing-Bytes",)),
    "logs-st": Product("AmazonCloudWatch", ("TimedStorage-ByteHrs",)),
    "cw-alarm": Product("AmazonCloudWatch", ("CW:AlarmMonitorUsage",)),
    "cw-alarm-hi": Product("AmazonCloudWatch", ("CW:HighResAlarmMonitorUsage",)),
    "cw-composite": Product("AmazonCloudWatch", ("CW:CompositeAlarmMonitorUsage",)),
    "cw-dash": Product("AmazonCloudWatch", ("DashboardsUsageHour",)),
    "cw-metric": Product("AmazonCloudWatch", ("CW:MetricMonitorUsage",)),
    "kms-key": Product("awskms", ("{region}-KMS-Keys",)),
    "kms-req": Product("awskms", ("{region}-KMS-Requests",)),
    "secret": Product("AWSSecretsManager", ("AWSSecretsManager-Secrets",)),
    "secret-req": Product("AWSSecretsManager", ("AWSSecretsManager-APIRequests",)),
    "cf-gb-us": Product("AmazonCloudFront", ("US-DataTransfer-Out-Bytes",), regional=False),
    "cf-gb-eu": Product("AmazonCloudFront", ("EU-DataTransfer-Out-Bytes",), regional=False),
    "cf-https-us": Product("AmazonCloudFront", ("US-Requests-Tier2-HTTPS",), regional=False),
    "cf-https-eu": Product("AmazonCloudFront", ("EU-Requests-Tier2-HTTPS",), regional=False),
    "waf-acl": Product("awswaf", ("WebACLV2",)),
    "waf-rule": Product("awswaf", ("RuleV2",)),
    "waf-req": Product("awswaf", ("RequestV2-Tier1", "RequestV2-Tier0")),
    "r53-zone": Product("AmazonRoute53", ("HostedZone",), regional=False),
    "dt-out": Product("AWSDataTransfer", ("DataTransfer-Out-Bytes",)),
    "dt-az": Product("AWSDataTransfer", ("DataTransfer-Regional-Bytes",)),
}
"""By price. The gateway endpoints, the parameters, the tiers of user pools and mixed models are not asked for."""
