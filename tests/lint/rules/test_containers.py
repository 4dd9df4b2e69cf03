"""Rules about tasks, services and instances."""

from __future__ import annotations

import pytest

from .kit import paths, seen

TASK = """
Parameters: {{Tag: {{Type: String}}}}
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties: {{{platform}ContainerDefinitions: [{container}]}}
"""
GOOD = "{Image: 'a:1', ReadonlyRootFilesystem: true, LogConfiguration: {LogDriver: awslogs}%s}"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (", Privileged: 'true'", "Task has a privileged container"),
        (", Image: 'a:latest'", "Task does not say which image it runs: latest is another image every day"),
        (
            ", Image: !Sub '${AWS::AccountId}/a'",
            "Task does not say which image it runs: it has neither a tag nor a digest",
        ),
        (", ReadonlyRootFilesystem: false", "Task has a container that may write to its root file system"),
    ],
)
def test_a_container_that_may_too_much_is_found(more: str, message: str) -> None:
    container = (GOOD % more).replace("Image: 'a:1', ", "" if "Image" in more else "Image: 'a:1', ")
    container = container.replace(
        "ReadonlyRootFilesystem: true, ", "" if "Readonly" in more else "ReadonlyRootFilesystem: true, "
    )
    assert [each.message for each in seen(TASK.format(platform="", container=container), "W9142")] == [message]


def test_a_container_without_a_log_is_found_and_windows_may_write() -> None:
    template = TASK.format(
        platform="RuntimePlatform: {OperatingSystemFamily: WINDOWS_SERVER_2022_CORE}, ", container="{Name: a}"
    )
    assert [each.message for each in seen(template, "W9142")] == [
        "Task has a container that does not log: LogConfiguration"
    ]
    assert not seen(TASK.format(platform="", container=GOOD % ", Name: !Ref Tag"), "W9142")


@pytest.mark.parametrize("driver", ["json-file", "journald"])
def test_a_log_that_ends_with_its_host_is_found(driver: str) -> None:
    container = (GOOD % "").replace("awslogs", driver)
    assert [each.message for each in seen(TASK.format(platform="", container=container), "W9142")] == [
        f"Task has a container whose log ends with its host: {driver}"
    ]


@pytest.mark.parametrize(
    ("mode", "message"),
    [
        ("PidMode: host", "Task sees the host's processes: PidMode is host"),
        ("IpcMode: host", "Task sees the host's memory: IpcMode is host"),
        ("NetworkMode: host", "Task is in the host's network: NetworkMode is host"),
        ("PidMode: task", ""),
        ("NetworkMode: !Ref Tag", ""),
    ],
)
def test_a_task_shares_nothing_with_its_host(mode: str, message: str) -> None:
    template = TASK.format(platform=f"{mode}, ", container=GOOD % "")
    assert [each.message for each in seen(template, "W9142")] == [message] * bool(message)


@pytest.mark.parametrize(
    ("parameters", "asked", "found"),
    [("{}", True, 1), ("{InitProcessEnabled: true}", True, 0), ("{InitProcessEnabled: false}", False, 0)],
)
def test_an_init_process_is_asked_where_the_option_says_so(parameters: str, *, asked: bool, found: int) -> None:
    template = TASK.format(platform="", container=GOOD % f", LinuxParameters: {parameters}")
    assert len(seen(template, "W9142", options={"W9142": {"init": asked}})) == found


def test_a_service_takes_back_what_fails_in_every_branch_unless_another_controller_does() -> None:
    template = """
    Parameters: {Env: {Type: String}}
    Conditions: {IsProd: !Equals [!Ref Env, prod]}
    Resources:
      One:
        Type: AWS::ECS::Service
        Properties:
          DeploymentConfiguration: {DeploymentCircuitBreaker: {Enable: true, Rollback: !If [IsProd, true, false]}}
      Other: {Type: AWS::ECS::Service, Properties: {DeploymentController: {Type: CODE_DEPLOY}}}
      Given: {Type: AWS::ECS::Service, Properties: {DeploymentController: {Type: !ImportValue a}}}
      Said:
        Type: AWS::ECS::Service
        Properties:
          DeploymentController: {Type: !If [IsProd, CODE_DEPLOY, ECS]}
          DeploymentConfiguration: {DeploymentCircuitBreaker: {Enable: true}}
      Chosen:
        Type: AWS::ECS::Service
        Properties:
          DeploymentController: {Type: !If [IsProd, CODE_DEPLOY, ECS]}
          DeploymentConfiguration:
            DeploymentCircuitBreaker: !If [IsProd, !Ref AWS::NoValue, {Enable: true, Rollback: true}]
    """
    assert [each.message for each in seen(template, "W9142")] == [
        "One does not take back a deployment that fails: DeploymentCircuitBreaker Rollback",
        "Said does not take back a deployment that fails: DeploymentCircuitBreaker Rollback",
    ]


@pytest.mark.parametrize(
    ("settings", "profile", "found"),
    [
        ("{}", "production", 1),
        ("{}", "", 0),
        ("{ClusterSettings: [{Name: containerInsights, Value: disabled}]}", "production", 1),
        ("{ClusterSettings: [{Name: containerInsights, Value: enhanced}]}", "production", 0),
        ("{ClusterSettings: [{Name: containerInsights, Value: !If [IsProd, enabled, disabled]}]}", "production", 0),
    ],
)
def test_a_cluster_of_production_is_watched(settings: str, profile: str, found: int) -> None:
    template = f"""
    Conditions: {{IsProd: !Equals [a, b]}}
    Resources: {{Cluster: {{Type: AWS::ECS::Cluster, Properties: {settings}}}}}
    """
    assert len(seen(template, "W9142", profile=profile)) == found


def test_a_launch_type_is_found_beside_a_strategy_in_the_same_scenario_only() -> None:
    template = """
    Parameters: {Env: {Type: String}}
    Conditions: {IsProd: !Equals [!Ref Env, prod]}
    Resources:
      Apart:
        Type: AWS::ECS::Service
        Properties:
          LaunchType: !If [IsProd, FARGATE, !Ref AWS::NoValue]
          CapacityProviderStrategy: !If [IsProd, !Ref AWS::NoValue, [{CapacityProvider: FARGATE_SPOT}]]
      Both:
        Type: AWS::ECS::Service
        Properties:
          LaunchType: !If [IsProd, FARGATE, !Ref AWS::NoValue]
          CapacityProviderStrategy: [{CapacityProvider: FARGATE_SPOT}]
      Void: {Type: AWS::ECS::Service, Properties: {LaunchType: FARGATE, Cluster: !Ref Spot}}
      Spot:
        Type: AWS::ECS::Cluster
        Properties: {DefaultCapacityProviderStrategy: [{CapacityProvider: FARGATE_SPOT, Weight: 1}]}
    """
    assert [each.message for each in seen(template, "E9169")] == [
        "Both has LaunchType and CapacityProviderStrategy: ECS refuses it",
        "Void has LaunchType, which makes the strategy of Spot void",
    ]


def test_a_service_behind_a_load_balancer_is_checked_by_that() -> None:
    template = """
    Resources:
      Service: {Type: AWS::ECS::Service, Properties: {TaskDefinition: !Ref Task, LoadBalancers: [{ContainerPort: 80}]}}
      Alone: {Type: AWS::ECS::Service, Properties: {TaskDefinition: !Ref Other}}
      Given: {Type: AWS::ECS::Service, Properties: {TaskDefinition: !ImportValue task}}
      Task: {Type: AWS::ECS::TaskDefinition, Properties: {ContainerDefinitions: [{Name: a}]}}
      Other:
        Type: AWS::ECS::TaskDefinition
        Properties: {ContainerDefinitions: [{Name: a}, {Name: b, Essential: false}]}
      Batch: {Type: AWS::ECS::TaskDefinition, Properties: {ContainerDefinitions: [{Name: a}]}}
      Group: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {TargetGroupARNs: [a], HealthCheckType: ELB}}
      Loose: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {MinSize: 1}}
    """
    assert paths(template, "W9163") == ["Resources/Other"]


def test_a_service_of_production_follows_its_load_by_its_name_too() -> None:
    template = """
    Resources:
      Named: {Type: AWS::ECS::Service, Properties: {ServiceName: !Sub 'web-${AWS::Region}'}}
      Daemon: {Type: AWS::ECS::Service, Properties: {SchedulingStrategy: DAEMON}}
      Stepped: {Type: AWS::AutoScaling::AutoScalingGroup}
      Target:
        Type: AWS::ApplicationAutoScaling::ScalableTarget
        Properties: {ResourceId: !Sub 'service/cluster/web-${AWS::Region}'}
      Policy:
        Type: AWS::ApplicationAutoScaling::ScalingPolicy
        Properties: {PolicyType: TargetTrackingScaling, ScalingTargetId: !Ref Target}
      Steps:
        Type: AWS::AutoScaling::ScalingPolicy
        Properties: {PolicyType: StepScaling, AutoScalingGroupName: !Ref Stepped}
    """
    assert paths(template, "W9164", "production") == ["Resources/Stepped"]


@pytest.mark.parametrize(
    ("kind", "name", "found"),
    [
        ("AWS::RDS::DBInstance, Properties: {DBInstanceClass", "db.r6i.large", 1),
        ("AWS::RDS::DBInstance, Properties: {DBInstanceClass", "db.r6gd.large", 0),
        ("AWS::RDS::DBInstance, Properties: {Engine: MySQL, DBInstanceClass", "db.t3.small", 1),
        ("AWS::RDS::DBInstance, Properties: {Engine: sqlserver-se, DBInstanceClass", "db.r6i.large", 0),
        ("AWS::RDS::DBInstance, Properties: {Engine: oracle-ee, DBInstanceClass", "db.m5.large", 0),
        ("AWS::RDS::DBInstance, Properties: {Engine: oracle-ee, DBInstanceClass", "db.m4.large", 1),
        ("AWS::RDS::DBInstance, Properties: {DBInstanceClass", "db.serverless", 0),
        ("AWS::RDS::DBInstance, Properties: {DBInstanceClass", "!ImportValue a", 0),
        ("AWS::ElastiCache::ReplicationGroup, Properties: {CacheNodeType", "cache.t3.micro", 1),
        ("AWS::EC2::Instance, Properties: {InstanceType", "m4.large", 1),
        ("AWS::EC2::Instance, Properties: {InstanceType", "m7i-flex.large", 0),
        ("AWS::EC2::Instance, Properties: {InstanceType", "t2.small", 0),
        ("AWS::EC2::Instance, Properties: {InstanceType", "t1.micro", 1),
        ("AWS::RDS::DBInstance, Properties: {DBInstanceClass", "db.t2.small", 1),
        ("AWS::EC2::Instance, Properties: {InstanceType", "u-6tb1.metal", 0),
    ],
)
def test_a_class_that_is_old_or_dearer_than_gravitons_is_found(kind: str, name: str, found: int) -> None:
    assert len(seen(f"Resources: {{One: {{Type: {kind}: {name}}}}}}}", "W9166")) == found


def test_the_processor_of_ones_own_code_is_asked_for_by_an_option() -> None:
    template = """
    Resources:
      Function: {Type: AWS::Lambda::Function, Properties: {Architectures: [x86_64]}}
      Task: {Type: AWS::ECS::TaskDefinition, Properties: {RuntimePlatform: {CpuArchitecture: ARM64}}}
    """
    assert not seen(template, "W9166")
    (found,) = seen(template, "W9166", options={"W9166": {"own_code": True}})
    assert found.message == "Function runs on x86_64, not on arm64"
