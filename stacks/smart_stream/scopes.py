"""What each service is asked about, by this system's names: the ARNs that one class of environments has."""

from __future__ import annotations

REGIONAL = "arn:${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}:%s"
GLOBAL = "arn:${AWS::Partition}:%s::${AWS::AccountId}:%s"
BUCKETS = tuple(f"arn:${{AWS::Partition}}:s3:::yoto-{stem}-${{Names}}-${{AWS::AccountId}}" for stem in ("audio", "ui"))
LOGS = {
    stem: REGIONAL % ("logs", f"log-group:{prefix}-${{Names}}")
    for stem, prefix in {
        "gateway": "/aws/apigateway/yoto-api",
        "function": "/aws/lambda/yoto-api",
        "listener": "/ecs/yoto-mqtt",
    }.items()
}
SCOPES: dict[str, tuple[str, ...]] = {
    "budgets": (GLOBAL % ("budgets", "budget/yoto-monthly-${Names}"),),
    "cloudwatch": (
        REGIONAL % ("cloudwatch", "alarm:yoto-*-${Names}"),
        GLOBAL % ("cloudwatch", "dashboard/yoto-${Names}"),
    ),
    "dynamodb": (REGIONAL % ("dynamodb", "table/yoto-smart-stream-${Names}"),),
    "ecs": tuple(
        REGIONAL % ("ecs", kind)
        for kind in (
            "cluster/yoto-mqtt-${Names}",
            "service/yoto-mqtt-${Names}/*",
            "service-deployment/yoto-mqtt-${Names}/*",
            "task-definition/yoto-mqtt-${Names}:*",
        )
    ),
    "events": (REGIONAL % ("events", "rule/yoto-stopped-tasks-${Names}"),),
    "iam": (GLOBAL % ("iam", "role/yoto-smart-stream-${Names}-*"),),
    "lambda": (REGIONAL % ("lambda", "function:yoto-api-${Names}"),),
    "logs": tuple(end for group in LOGS.values() for end in (group, f"{group}:*")),
    "s3": tuple(end for bucket in BUCKETS for end in (bucket, f"{bucket}/*")),
    "sns": (REGIONAL % ("sns", "yoto-alarms-${Names}"),),
}
"""Services whose resources are named by this system. Those that name what they make themselves are in ``tagged``."""
