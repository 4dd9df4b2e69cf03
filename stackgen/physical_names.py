"""Length and character rules of the physical names that CloudFormation lets a template choose.

A name such as ``vpc-${EnvironmentSuffix}`` deploys only if it fits when the suffix has its longest value too.
This table has, for each resource type, the property that carries the name, its length and its characters.

Sources: the provider schemas of cfn-lint 1.58.0 (of 2026-10-20) and, where a schema has no length or pattern
or a wider one, the AWS documentation: the API reference page of the action that creates the resource, as of
botocore 1.44.5, unless a comment names another page. Of two figures, the narrower one is here.

Left out: names inside another property (budgets, backup plans, origin access controls), names that are domain
names, and names whose length AWS does not document (REST APIs, GraphQL APIs). Not checked: what only the
service can tell, such as uniqueness, and most reserved names.
"""

from __future__ import annotations

from stackgen.records import NamedTuple

__all__ = ["PHYSICAL_NAMES", "PhysicalName"]


class PhysicalName(NamedTuple):
    """The rule for the physical name of one resource type."""

    property: str
    """The property that carries the name."""

    shortest: int
    longest: int
    """Characters, both counted in."""

    pattern: str
    """What the whole name must match, whatever its length."""

    words: str
    """The pattern in words, for a message."""


_Rule = tuple[str, str]

# Sets of characters in any order.
_ANY: _Rule = (r"(?s:.)+", "any characters")
_TEXT: _Rule = (r"[^\x00-\x1f\x7f]+", "any characters but control characters")
_PRINTABLE: _Rule = (r"[ -~]+", "printable ASCII characters")
_NO_COLON: _Rule = (r"[^:*]+", "any characters but ':' and '*'")
_HYPHEN: _Rule = (r"[a-zA-Z0-9-]+", "letters, digits and '-'")
_UNDERSCORE: _Rule = (r"[a-zA-Z0-9_]+", "letters, digits and '_'")
_WORD: _Rule = (r"[a-zA-Z0-9_-]+", "letters, digits, '_' and '-'")
_DOTTED: _Rule = (r"[a-zA-Z0-9_.-]+", "letters, digits, '_', '.' and '-'")
_AT: _Rule = (r"[a-zA-Z0-9_.@-]+", "letters, digits, '_', '.', '@' and '-'")
_TILDE: _Rule = (r"[a-zA-Z0-9_.~-]+", "letters, digits, '_', '.', '~' and '-'")
_COLON: _Rule = (r"[a-zA-Z0-9:_-]+", "letters, digits, ':', '_' and '-'")
_PATH: _Rule = (r"[a-zA-Z0-9_./#-]+", "letters, digits, '_', '.', '/', '#' and '-'")
_BUS: _Rule = (r"[a-zA-Z0-9_./-]+", "letters, digits, '_', '.', '/' and '-'")
_IAM: _Rule = (r"[a-zA-Z0-9_+=,.@-]+", "letters, digits and any of _+=,.@-")
_IOT: _Rule = (r"[a-zA-Z0-9_=,@-]+", "letters, digits and any of _=,@-")
_COGNITO: _Rule = (r"[\w\s+=,.@-]+", "letters, digits, spaces and any of _+=,.@-")
_REGISTRY: _Rule = (r"[a-zA-Z0-9_$#.-]+", "letters, digits, '_', '$', '#', '.' and '-'")
_SPACED: _Rule = (r"[a-zA-Z0-9_ -]+", "letters, digits, spaces, '_' and '-'")
_LOWER: _Rule = (r"[a-z0-9-]+", "lower-case letters, digits and '-'")
_LOWER_WORD: _Rule = (r"[a-z0-9_-]+", "lower-case letters, digits, '_' and '-'")

# The first or the last character is special.
_IDENTIFIER: _Rule = (
    r"[a-zA-Z](-?[a-zA-Z0-9])*",
    "letters, digits and '-', a letter first, no '-' last and no two '-' together",
)
_LOWER_IDENTIFIER: _Rule = (
    r"[a-z](-?[a-z0-9])*",
    "lower-case letters, digits and '-', a letter first, no '-' last and no two '-' together",
)
_SUBNETS: _Rule = (r"[a-zA-Z][a-zA-Z0-9_. -]*", "letters, digits, spaces, '_', '.' and '-', a letter first")
_LETTER_HYPHEN: _Rule = (r"[a-zA-Z][a-zA-Z0-9-]*", "letters, digits and '-', a letter first")
_LETTER_WORD: _Rule = (r"[a-zA-Z][a-zA-Z0-9_-]*", "letters, digits, '_' and '-', a letter first")
_LETTER_UNDERSCORE: _Rule = (r"[a-zA-Z][a-zA-Z0-9_]*", "letters, digits and '_', a letter first")
_LOWER_LETTER: _Rule = (r"[a-z][a-z0-9-]*", "lower-case letters, digits and '-', a letter first")
_ALNUM_UNDERSCORE: _Rule = (r"[a-zA-Z0-9][a-zA-Z0-9_]*", "letters, digits and '_', no '_' first")
_ALNUM_HYPHEN: _Rule = (r"[a-zA-Z0-9][a-zA-Z0-9-]*", "letters, digits and '-', no '-' first")
_ALNUM_WORD: _Rule = (r"[a-zA-Z0-9][a-zA-Z0-9_-]*", "letters, digits, '_' and '-', a letter or digit first")
_ALNUM_DOTTED: _Rule = (
    r"[a-zA-Z0-9][a-zA-Z0-9_.-]*",
    "letters, digits, '_', '.' and '-', a letter or digit first",
)
_INNER_HYPHEN: _Rule = (
    r"[a-zA-Z0-9](-*[a-zA-Z0-9])*",
    "letters, digits and '-', no '-' first or last",
)
_SINGLE_HYPHEN: _Rule = (
    r"[a-zA-Z0-9](-?[a-zA-Z0-9])*",
    "letters, digits and '-', no '-' first or last and no two '-' together",
)
_LOWER_INNER: _Rule = (
    r"[a-z0-9](-*[a-z0-9])*",
    "lower-case letters, digits and '-', no '-' first or last",
)
_BEDROCK: _Rule = (
    r"([a-zA-Z0-9][_-]?)+",
    "letters, digits, '_' and '-', a letter or digit first and no two of '_' and '-' together",
)
_IMAGE: _Rule = (
    r"[a-zA-Z0-9_-][a-zA-Z0-9_ -]*[a-zA-Z0-9_-]",
    "letters, digits, spaces, '_' and '-', no space first or last",
)
_NOT_A_NUMBER: _Rule = (
    r"[a-zA-Z0-9_-]*[a-zA-Z_-][a-zA-Z0-9_-]*",
    "letters, digits, '_' and '-', and not digits alone",
)
_RESOLVER: _Rule = (
    r"[a-zA-Z0-9_ '-]*[a-zA-Z_ '-][a-zA-Z0-9_ '-]*",
    "letters, digits, spaces, '_', '-' and the apostrophe, and not digits alone",
)

# One service's own rule.
_ALIAS: _Rule = (
    r"alias/(?!aws/)[a-zA-Z0-9_/-]+",
    "'alias/', not followed by 'aws/', then letters, digits, '_', '/' and '-'",
)
_BUCKET: _Rule = (
    r"[a-z0-9](\.?[a-z0-9-])*\.?[a-z0-9]",
    "lower-case letters, digits, '.' and '-', a letter or digit first and last, no two '.' together",
)
_DIRECTORY_BUCKET: _Rule = (
    r"[a-z0-9][a-z0-9-]*--[a-z0-9-]+--x-s3",
    "lower-case letters, digits and '-', ending in '--', the ID of the zone and '--x-s3'",
)
_CAPACITY: _Rule = (
    r"(?!aws|ecs|fargate)[a-zA-Z0-9_-]+",
    "letters, digits, '_' and '-', not starting with 'aws', 'ecs' or 'fargate'",
)
_FIFO: _Rule = (r"[a-zA-Z0-9_-]+(\.fifo)?", "letters, digits, '_' and '-', with '.fifo' last for a FIFO one")
_GIT: _Rule = (r"[a-zA-Z0-9_.-]+(?<!\.git)", "letters, digits, '_', '.' and '-', not ending in '.git'")
_GROUP_RULE: _Rule = (
    r"(?!sg-)[a-zA-Z0-9 ._:/()#,@\[\]+=&;{}!$*-]+",
    "letters, digits, spaces and any of ._-:/()#,@[]+=&;{}!$*, not starting with 'sg-'",
)
_KEY_PAIR: _Rule = (r"[!-~]([ -~]*[!-~])?", "printable ASCII characters, no space first or last")
_LOAD_BALANCER: _Rule = (
    r"(?!internal-)[a-zA-Z0-9](-*[a-zA-Z0-9])*",
    "letters, digits and '-', no '-' first or last, not starting with 'internal-'",
)
_PARAMETER: _Rule = (
    r"(?!/?(?i:aws|ssm))([a-zA-Z0-9_.-]+|/[a-zA-Z0-9_./-]+)",
    "letters, digits, '_', '.', '-' and '/', '/' first if it is there at all, not starting with aws or ssm",
)
_PREFIX_LIST: _Rule = (
    r"(?!com\.amazonaws)[^\x00-\x1f\x7f]+",
    "any characters but control characters, not starting with 'com.amazonaws'",
)
_ANALYZER: _Rule = (
    r"[a-zA-Z_][a-zA-Z0-9_.-]*",
    "letters, digits, '_', '.' and '-', a letter or '_' first",
)
_CATALOG: _Rule = (r"[a-zA-Z0-9_@-]+", "letters, digits, '_', '@' and '-'")
_HOOK: _Rule = (r"[a-zA-Z0-9_/-]+", "letters, digits, '_', '/' and '-'")
_ARTIFACT_DOMAIN: _Rule = (
    r"[a-z](-*[a-z0-9])*",
    "lower-case letters, digits and '-', a letter first, no '-' last",
)
_REPOSITORY: _Rule = (
    r"[a-z0-9]+((\.|__?|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|__?|-+)[a-z0-9]+)*)*",
    "lower-case letters, digits, '_', '.', '-' and '/', each part starting and ending with a letter or digit",
)
_SCALING_GROUP: _Rule = (r"[!-9;-~]+", "printable ASCII characters but the space and ':'")
_SECRET: _Rule = (r"[a-zA-Z0-9/_+=.@-]+", "letters, digits and any of /_+=.@-")
_STATE_MACHINE: _Rule = (
    r"""[^\s<>{}\[\]?*"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]+""",
    """any characters but spaces, control characters and any of <>{}[]?*"#%\\^|~`$&,;:/""",
)
_STAGE: _Rule = (r"(\$default|[a-zA-Z0-9_-]+)", "letters, digits, '_' and '-', or '$default'")
_TEMPLATE: _Rule = (r"[a-zA-Z0-9().\-/_]+", "letters, digits, '(', ')', '.', '-', '/' and '_'")
_TRAIL: _Rule = (
    r"[a-zA-Z0-9]([._-]?[a-zA-Z0-9])*",
    "letters, digits, '_', '.' and '-', a letter or digit first and last, no two of the others together",
)
_USER_DOMAIN: _Rule = (
    r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?",
    "lower-case letters, digits and '-', and '.' in a domain of one's own, a letter or digit first and last",
)
_GROUP_NAME: _Rule = (r"[^\s\x00-\x1f\x7f]+", "any characters but spaces and control characters")
_LATTICE_SERVICE: _Rule = (
    r"(?!svc-)[a-z0-9](-?[a-z0-9])*",
    "lower-case letters, digits and '-', no '-' first, last or doubled, not starting with 'svc-'",
)
_LATTICE_NETWORK: _Rule = (
    r"(?!servicenetwork-)[a-z0-9](-?[a-z0-9])*",
    "lower-case letters, digits and '-', no '-' first, last or doubled, not starting with 'servicenetwork-'",
)
_LATTICE_TARGETS: _Rule = (
    r"(?!tg-)[a-z0-9](-?[a-z0-9])*",
    "lower-case letters, digits and '-', no '-' first, last or doubled, not starting with 'tg-'",
)

PHYSICAL_NAMES: dict[str, PhysicalName] = {
    # The schema has 1,024; CreateAnalyzer has 255.
    "AWS::AccessAnalyzer::Analyzer": PhysicalName("AnalyzerName", 1, 255, *_ANALYZER),
    "AWS::AmazonMQ::Broker": PhysicalName("BrokerName", 1, 50, *_WORD),
    "AWS::AmazonMQ::Configuration": PhysicalName("Name", 1, 150, *_TILDE),
    "AWS::Amplify::App": PhysicalName("Name", 1, 255, *_ANY),
    "AWS::Amplify::Branch": PhysicalName("BranchName", 1, 255, *_ANY),
    "AWS::ApiGateway::Stage": PhysicalName("StageName", 1, 128, *_WORD),
    # The page "Apis" of the API Gateway Version 2 API Reference: 1 to 128.
    "AWS::ApiGatewayV2::Api": PhysicalName("Name", 1, 128, *_TEXT),
    "AWS::ApiGatewayV2::Authorizer": PhysicalName("Name", 1, 128, *_TEXT),
    "AWS::ApiGatewayV2::Stage": PhysicalName("StageName", 1, 128, *_STAGE),
    "AWS::ApiGatewayV2::VpcLink": PhysicalName("Name", 1, 128, *_TEXT),
    "AWS::AppConfig::Application": PhysicalName("Name", 1, 64, *_TEXT),
    "AWS::AppConfig::ConfigurationProfile": PhysicalName("Name", 1, 128, *_TEXT),
    "AWS::AppConfig::DeploymentStrategy": PhysicalName("Name", 1, 64, *_TEXT),
    "AWS::AppConfig::Environment": PhysicalName("Name", 1, 64, *_TEXT),
    "AWS::AppRunner::AutoScalingConfiguration": PhysicalName("AutoScalingConfigurationName", 4, 32, *_ALNUM_WORD),
    "AWS::AppRunner::Service": PhysicalName("ServiceName", 4, 40, *_ALNUM_WORD),
    "AWS::AppRunner::VpcConnector": PhysicalName("VpcConnectorName", 4, 40, *_ALNUM_WORD),
    "AWS::AppSync::Api": PhysicalName("Name", 1, 50, *_SPACED),
    "AWS::AppSync::ChannelNamespace": PhysicalName("Name", 1, 50, *_INNER_HYPHEN),
    "AWS::Athena::CapacityReservation": PhysicalName("Name", 1, 128, *_DOTTED),
    # The schema has 256; CreateDataCatalog keeps all but 127 for Athena's own use.
    "AWS::Athena::DataCatalog": PhysicalName("Name", 1, 127, *_CATALOG),
    "AWS::Athena::NamedQuery": PhysicalName("Name", 1, 128, *_TEXT),
    "AWS::Athena::WorkGroup": PhysicalName("Name", 1, 128, *_DOTTED),
    "AWS::AutoScaling::AutoScalingGroup": PhysicalName("AutoScalingGroupName", 1, 255, *_SCALING_GROUP),
    "AWS::AutoScaling::LaunchConfiguration": PhysicalName("LaunchConfigurationName", 1, 255, *_TEXT),
    "AWS::AutoScaling::LifecycleHook": PhysicalName("LifecycleHookName", 1, 255, *_HOOK),
    "AWS::Backup::BackupVault": PhysicalName("BackupVaultName", 2, 50, *_WORD),
    "AWS::Backup::Framework": PhysicalName("FrameworkName", 1, 256, *_LETTER_UNDERSCORE),
    "AWS::Backup::LogicallyAirGappedBackupVault": PhysicalName("BackupVaultName", 2, 50, *_WORD),
    "AWS::Backup::ReportPlan": PhysicalName("ReportPlanName", 1, 256, *_LETTER_UNDERSCORE),
    "AWS::Batch::ComputeEnvironment": PhysicalName("ComputeEnvironmentName", 1, 128, *_WORD),
    "AWS::Batch::JobDefinition": PhysicalName("JobDefinitionName", 1, 128, *_WORD),
    "AWS::Batch::JobQueue": PhysicalName("JobQueueName", 1, 128, *_WORD),
    "AWS::Batch::SchedulingPolicy": PhysicalName("Name", 1, 128, *_WORD),
    "AWS::Bedrock::Agent": PhysicalName("AgentName", 1, 100, *_BEDROCK),
    "AWS::Bedrock::AgentAlias": PhysicalName("AgentAliasName", 1, 100, *_BEDROCK),
    "AWS::Bedrock::Flow": PhysicalName("Name", 1, 100, *_BEDROCK),
    "AWS::Bedrock::Guardrail": PhysicalName("Name", 1, 50, *_WORD),
    "AWS::Bedrock::KnowledgeBase": PhysicalName("Name", 1, 100, *_BEDROCK),
    "AWS::Bedrock::Prompt": PhysicalName("Name", 1, 100, *_BEDROCK),
    "AWS::Cassandra::Keyspace": PhysicalName("KeyspaceName", 2, 48, *_ALNUM_UNDERSCORE),
    "AWS::Cassandra::Table": PhysicalName("TableName", 2, 48, *_ALNUM_UNDERSCORE),
    "AWS::Chatbot::MicrosoftTeamsChannelConfiguration": PhysicalName("ConfigurationName", 1, 128, *_WORD),
    "AWS::Chatbot::SlackChannelConfiguration": PhysicalName("ConfigurationName", 1, 128, *_WORD),
    "AWS::CloudFormation::StackSet": PhysicalName("StackSetName", 1, 128, *_LETTER_HYPHEN),
    "AWS::CloudFront::Function": PhysicalName("Name", 1, 64, *_WORD),
    "AWS::CloudFront::KeyValueStore": PhysicalName("Name", 1, 64, *_WORD),
    "AWS::CloudTrail::EventDataStore": PhysicalName("Name", 3, 128, *_DOTTED),
    "AWS::CloudTrail::Trail": PhysicalName("TrailName", 3, 128, *_TRAIL),
    "AWS::CloudWatch::Alarm": PhysicalName("AlarmName", 1, 255, *_TEXT),
    "AWS::CloudWatch::CompositeAlarm": PhysicalName("AlarmName", 1, 255, *_TEXT),
    "AWS::CloudWatch::Dashboard": PhysicalName("DashboardName", 1, 255, *_WORD),
    "AWS::CloudWatch::InsightRule": PhysicalName("RuleName", 1, 128, *_PRINTABLE),
    "AWS::CloudWatch::MetricStream": PhysicalName("Name", 1, 255, *_WORD),
    "AWS::CodeArtifact::Domain": PhysicalName("DomainName", 2, 50, *_ARTIFACT_DOMAIN),
    "AWS::CodeArtifact::Repository": PhysicalName("RepositoryName", 2, 100, *_ALNUM_DOTTED),
    "AWS::CodeBuild::Fleet": PhysicalName("Name", 2, 128, *_ALNUM_WORD),
    # CreateProject: 150; its older editions had 255.
    "AWS::CodeBuild::Project": PhysicalName("Name", 2, 150, *_ALNUM_WORD),
    "AWS::CodeCommit::Repository": PhysicalName("RepositoryName", 1, 100, *_GIT),
    "AWS::CodeConnections::Connection": PhysicalName("ConnectionName", 1, 32, *_ANY),
    "AWS::CodeDeploy::Application": PhysicalName("ApplicationName", 1, 100, *_IAM),
    "AWS::CodeDeploy::DeploymentConfig": PhysicalName("DeploymentConfigName", 1, 100, *_IAM),
    "AWS::CodeDeploy::DeploymentGroup": PhysicalName("DeploymentGroupName", 1, 100, *_IAM),
    "AWS::CodePipeline::Pipeline": PhysicalName("Name", 1, 100, *_AT),
    "AWS::CodePipeline::Webhook": PhysicalName("Name", 1, 100, *_AT),
    "AWS::CodeStarConnections::Connection": PhysicalName("ConnectionName", 1, 32, *_ANY),
    "AWS::Cognito::IdentityPool": PhysicalName("IdentityPoolName", 1, 128, *_COGNITO),
    "AWS::Cognito::UserPool": PhysicalName("UserPoolName", 1, 128, *_COGNITO),
    "AWS::Cognito::UserPoolClient": PhysicalName("ClientName", 1, 128, *_COGNITO),
    "AWS::Cognito::UserPoolDomain": PhysicalName("Domain", 1, 63, *_USER_DOMAIN),
    "AWS::Cognito::UserPoolGroup": PhysicalName("GroupName", 1, 128, *_GROUP_NAME),
    "AWS::Config::ConfigRule": PhysicalName("ConfigRuleName", 1, 128, *_TEXT),
    "AWS::Config::ConfigurationAggregator": PhysicalName("ConfigurationAggregatorName", 1, 256, *_WORD),
    "AWS::Config::ConfigurationRecorder": PhysicalName("Name", 1, 256, *_TEXT),
    "AWS::Config::ConformancePack": PhysicalName("ConformancePackName", 1, 256, *_LETTER_HYPHEN),
    "AWS::Config::DeliveryChannel": PhysicalName("Name", 1, 256, *_TEXT),
    "AWS::DAX::Cluster": PhysicalName("ClusterName", 1, 20, *_IDENTIFIER),
    "AWS::DMS::ReplicationInstance": PhysicalName("ReplicationInstanceIdentifier", 1, 63, *_IDENTIFIER),
    "AWS::DMS::ReplicationTask": PhysicalName("ReplicationTaskIdentifier", 1, 255, *_IDENTIFIER),
    "AWS::DocDB::DBCluster": PhysicalName("DBClusterIdentifier", 1, 63, *_IDENTIFIER),
    # The characters as for a DB parameter group of RDS; its own page has none.
    "AWS::DocDB::DBClusterParameterGroup": PhysicalName("Name", 1, 255, *_IDENTIFIER),
    "AWS::DocDB::DBInstance": PhysicalName("DBInstanceIdentifier", 1, 63, *_IDENTIFIER),
    "AWS::DocDB::DBSubnetGroup": PhysicalName("DBSubnetGroupName", 1, 255, *_SUBNETS),
    "AWS::DocDB::GlobalCluster": PhysicalName("GlobalClusterIdentifier", 1, 63, *_IDENTIFIER),
    "AWS::DynamoDB::GlobalTable": PhysicalName("TableName", 3, 255, *_DOTTED),
    # The schema has 1 to 1,024, room for an ARN; "Supported data types and naming rules" has 3 to 255.
    "AWS::DynamoDB::Table": PhysicalName("TableName", 3, 255, *_DOTTED),
    # No space first or last: Amazon EC2 User Guide, "Create a key pair for your Amazon EC2 instance".
    "AWS::EC2::KeyPair": PhysicalName("KeyName", 1, 255, *_KEY_PAIR),
    "AWS::EC2::LaunchTemplate": PhysicalName("LaunchTemplateName", 3, 128, *_TEMPLATE),
    "AWS::EC2::PrefixList": PhysicalName("PrefixListName", 1, 255, *_PREFIX_LIST),
    "AWS::EC2::SecurityGroup": PhysicalName("GroupName", 1, 255, *_GROUP_RULE),
    # The text of CreateRepository wants a letter first and no '.'; its pattern, as here, does not.
    "AWS::ECR::Repository": PhysicalName("RepositoryName", 2, 256, *_REPOSITORY),
    "AWS::ECS::CapacityProvider": PhysicalName("Name", 1, 255, *_CAPACITY),
    "AWS::ECS::Cluster": PhysicalName("ClusterName", 1, 255, *_WORD),
    "AWS::ECS::Service": PhysicalName("ServiceName", 1, 255, *_WORD),
    "AWS::ECS::TaskDefinition": PhysicalName("Family", 1, 255, *_WORD),
    "AWS::EKS::Cluster": PhysicalName("Name", 1, 100, *_ALNUM_WORD),
    # Amazon EKS User Guide, "Create a managed node group for your cluster".
    "AWS::EKS::Nodegroup": PhysicalName("NodegroupName", 1, 63, *_ALNUM_WORD),
    "AWS::EMRServerless::Application": PhysicalName("Name", 1, 64, *_PATH),
    "AWS::ElastiCache::CacheCluster": PhysicalName("ClusterName", 1, 50, *_IDENTIFIER),
    "AWS::ElastiCache::ReplicationGroup": PhysicalName("ReplicationGroupId", 1, 40, *_IDENTIFIER),
    "AWS::ElastiCache::SubnetGroup": PhysicalName("CacheSubnetGroupName", 1, 255, *_HYPHEN),
    "AWS::ElasticBeanstalk::Application": PhysicalName("ApplicationName", 1, 100, *_TEXT),
    "AWS::ElasticBeanstalk::Environment": PhysicalName("EnvironmentName", 4, 40, *_INNER_HYPHEN),
    "AWS::ElasticLoadBalancing::LoadBalancer": PhysicalName("LoadBalancerName", 1, 32, *_INNER_HYPHEN),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": PhysicalName("Name", 1, 32, *_LOAD_BALANCER),
    "AWS::ElasticLoadBalancingV2::TargetGroup": PhysicalName("Name", 1, 32, *_INNER_HYPHEN),
    "AWS::ElasticLoadBalancingV2::TrustStore": PhysicalName("Name", 1, 32, *_SINGLE_HYPHEN),
    "AWS::Elasticsearch::Domain": PhysicalName("DomainName", 3, 28, *_LOWER_LETTER),
    "AWS::Events::ApiDestination": PhysicalName("Name", 1, 64, *_DOTTED),
    "AWS::Events::Archive": PhysicalName("ArchiveName", 1, 48, *_DOTTED),
    "AWS::Events::Connection": PhysicalName("Name", 1, 64, *_DOTTED),
    "AWS::Events::Endpoint": PhysicalName("Name", 1, 64, *_DOTTED),
    # CreateEventBus: only the name of a partner event bus has a '/'.
    "AWS::Events::EventBus": PhysicalName("Name", 1, 256, *_BUS),
    "AWS::Events::Rule": PhysicalName("Name", 1, 64, *_DOTTED),
    # The schema lets '_' through, CreateAccelerator '.'; neither both.
    "AWS::GlobalAccelerator::Accelerator": PhysicalName("Name", 1, 64, *_INNER_HYPHEN),
    "AWS::Glue::Crawler": PhysicalName("Name", 1, 255, *_TEXT),
    "AWS::Glue::Database": PhysicalName("DatabaseName", 1, 255, *_TEXT),
    "AWS::Glue::Job": PhysicalName("Name", 1, 255, *_TEXT),
    "AWS::Glue::Registry": PhysicalName("Name", 1, 255, *_REGISTRY),
    "AWS::Glue::Schema": PhysicalName("Name", 1, 255, *_REGISTRY),
    "AWS::Glue::SecurityConfiguration": PhysicalName("Name", 1, 255, *_TEXT),
    "AWS::Glue::Table": PhysicalName("Name", 1, 255, *_TEXT),
    "AWS::Glue::Trigger": PhysicalName("Name", 1, 255, *_TEXT),
    "AWS::Glue::Workflow": PhysicalName("Name", 1, 255, *_TEXT),
    "AWS::Grafana::Workspace": PhysicalName("Name", 1, 255, *_TILDE),
    "AWS::GuardDuty::Filter": PhysicalName("Name", 3, 64, *_DOTTED),
    "AWS::IAM::Group": PhysicalName("GroupName", 1, 128, *_IAM),
    "AWS::IAM::InstanceProfile": PhysicalName("InstanceProfileName", 1, 128, *_IAM),
    "AWS::IAM::ManagedPolicy": PhysicalName("ManagedPolicyName", 1, 128, *_IAM),
    "AWS::IAM::Policy": PhysicalName("PolicyName", 1, 128, *_IAM),
    "AWS::IAM::Role": PhysicalName("RoleName", 1, 64, *_IAM),
    "AWS::IAM::SAMLProvider": PhysicalName("Name", 1, 128, *_DOTTED),
    "AWS::IAM::ServerCertificate": PhysicalName("ServerCertificateName", 1, 128, *_IAM),
    "AWS::IAM::User": PhysicalName("UserName", 1, 64, *_IAM),
    "AWS::ImageBuilder::Component": PhysicalName("Name", 3, 128, *_IMAGE),
    "AWS::ImageBuilder::ContainerRecipe": PhysicalName("Name", 3, 128, *_IMAGE),
    "AWS::ImageBuilder::DistributionConfiguration": PhysicalName("Name", 3, 128, *_IMAGE),
    "AWS::ImageBuilder::ImagePipeline": PhysicalName("Name", 3, 128, *_IMAGE),
    "AWS::ImageBuilder::ImageRecipe": PhysicalName("Name", 3, 128, *_IMAGE),
    "AWS::ImageBuilder::InfrastructureConfiguration": PhysicalName("Name", 3, 128, *_IMAGE),
    "AWS::IoT::Authorizer": PhysicalName("AuthorizerName", 1, 128, *_IOT),
    "AWS::IoT::Policy": PhysicalName("PolicyName", 1, 128, *_IAM),
    "AWS::IoT::ProvisioningTemplate": PhysicalName("TemplateName", 1, 36, *_WORD),
    "AWS::IoT::RoleAlias": PhysicalName("RoleAlias", 1, 128, *_IOT),
    "AWS::IoT::Thing": PhysicalName("ThingName", 1, 128, *_COLON),
    "AWS::IoT::ThingGroup": PhysicalName("ThingGroupName", 1, 128, *_COLON),
    "AWS::IoT::ThingType": PhysicalName("ThingTypeName", 1, 128, *_COLON),
    "AWS::IoT::TopicRule": PhysicalName("RuleName", 1, 128, *_UNDERSCORE),
    # The schema lets ':' through; the text of CreateAlias does not.
    "AWS::KMS::Alias": PhysicalName("AliasName", 7, 256, *_ALIAS),
    "AWS::Kinesis::Stream": PhysicalName("Name", 1, 128, *_DOTTED),
    "AWS::Kinesis::StreamConsumer": PhysicalName("ConsumerName", 1, 128, *_DOTTED),
    "AWS::KinesisAnalyticsV2::Application": PhysicalName("ApplicationName", 1, 128, *_DOTTED),
    "AWS::KinesisFirehose::DeliveryStream": PhysicalName("DeliveryStreamName", 1, 64, *_DOTTED),
    "AWS::Lambda::Alias": PhysicalName("Name", 1, 128, *_NOT_A_NUMBER),
    # The schema also takes a whole ARN; the name in it has 64.
    "AWS::Lambda::Function": PhysicalName("FunctionName", 1, 64, *_WORD),
    "AWS::Lambda::LayerVersion": PhysicalName("LayerName", 1, 140, *_WORD),
    "AWS::Logs::DeliveryDestination": PhysicalName("Name", 1, 60, *_WORD),
    "AWS::Logs::DeliverySource": PhysicalName("Name", 1, 60, *_WORD),
    "AWS::Logs::Destination": PhysicalName("DestinationName", 1, 512, *_NO_COLON),
    "AWS::Logs::LogGroup": PhysicalName("LogGroupName", 1, 512, *_PATH),
    "AWS::Logs::LogStream": PhysicalName("LogStreamName", 1, 512, *_NO_COLON),
    "AWS::Logs::MetricFilter": PhysicalName("FilterName", 1, 512, *_NO_COLON),
    "AWS::Logs::QueryDefinition": PhysicalName("Name", 1, 255, *_TEXT),
    "AWS::Logs::SubscriptionFilter": PhysicalName("FilterName", 1, 512, *_NO_COLON),
    # The characters are documented nowhere.
    "AWS::MSK::Cluster": PhysicalName("ClusterName", 1, 64, *_TEXT),
    "AWS::MSK::Replicator": PhysicalName("ReplicatorName", 1, 128, *_ALNUM_HYPHEN),
    "AWS::MSK::ServerlessCluster": PhysicalName("ClusterName", 1, 64, *_TEXT),
    "AWS::MWAA::Environment": PhysicalName("Name", 1, 80, *_LETTER_WORD),
    "AWS::Neptune::DBCluster": PhysicalName("DBClusterIdentifier", 1, 63, *_IDENTIFIER),
    # As for DBParameterGroup.
    "AWS::Neptune::DBClusterParameterGroup": PhysicalName("Name", 1, 255, *_IDENTIFIER),
    "AWS::Neptune::DBInstance": PhysicalName("DBInstanceIdentifier", 1, 63, *_IDENTIFIER),
    "AWS::Neptune::DBParameterGroup": PhysicalName("Name", 1, 255, *_IDENTIFIER),
    # CreateDBSubnetGroup is wider; the text of the schema is not.
    "AWS::Neptune::DBSubnetGroup": PhysicalName("DBSubnetGroupName", 1, 255, *_LOWER),
    "AWS::NetworkFirewall::Firewall": PhysicalName("FirewallName", 1, 128, *_HYPHEN),
    "AWS::NetworkFirewall::FirewallPolicy": PhysicalName("FirewallPolicyName", 1, 128, *_HYPHEN),
    "AWS::NetworkFirewall::RuleGroup": PhysicalName("RuleGroupName", 1, 128, *_HYPHEN),
    "AWS::OpenSearchServerless::AccessPolicy": PhysicalName("Name", 3, 32, *_LOWER_LETTER),
    "AWS::OpenSearchServerless::Collection": PhysicalName("Name", 3, 64, *_LOWER_LETTER),
    "AWS::OpenSearchServerless::LifecyclePolicy": PhysicalName("Name", 3, 32, *_LOWER_LETTER),
    "AWS::OpenSearchServerless::SecurityConfig": PhysicalName("Name", 3, 32, *_LOWER_LETTER),
    "AWS::OpenSearchServerless::SecurityPolicy": PhysicalName("Name", 3, 32, *_LOWER_LETTER),
    "AWS::OpenSearchServerless::VpcEndpoint": PhysicalName("Name", 3, 32, *_LOWER_LETTER),
    "AWS::OpenSearchService::Domain": PhysicalName("DomainName", 3, 28, *_LOWER_LETTER),
    "AWS::Pipes::Pipe": PhysicalName("Name", 1, 64, *_DOTTED),
    # CreateDBCluster: 52 for a Multi-AZ DB cluster, which is not Aurora.
    "AWS::RDS::DBCluster": PhysicalName("DBClusterIdentifier", 1, 63, *_IDENTIFIER),
    # 255 as for DBParameterGroup; its own page has no figure.
    "AWS::RDS::DBClusterParameterGroup": PhysicalName("DBClusterParameterGroupName", 1, 255, *_IDENTIFIER),
    "AWS::RDS::DBInstance": PhysicalName("DBInstanceIdentifier", 1, 63, *_IDENTIFIER),
    "AWS::RDS::DBParameterGroup": PhysicalName("DBParameterGroupName", 1, 255, *_IDENTIFIER),
    # The schema has 64; CreateDBProxy has 63.
    "AWS::RDS::DBProxy": PhysicalName("DBProxyName", 1, 63, *_IDENTIFIER),
    # The schema has 64; CreateDBProxyEndpoint has 63.
    "AWS::RDS::DBProxyEndpoint": PhysicalName("DBProxyEndpointName", 1, 63, *_IDENTIFIER),
    "AWS::RDS::DBSubnetGroup": PhysicalName("DBSubnetGroupName", 1, 255, *_SUBNETS),
    # The schema has 255; CreateEventSubscription: "less than 255".
    "AWS::RDS::EventSubscription": PhysicalName("SubscriptionName", 1, 254, *_TEXT),
    "AWS::RDS::GlobalCluster": PhysicalName("GlobalClusterIdentifier", 1, 63, *_IDENTIFIER),
    "AWS::RDS::OptionGroup": PhysicalName("OptionGroupName", 1, 255, *_IDENTIFIER),
    "AWS::RUM::AppMonitor": PhysicalName("Name", 1, 255, *_PATH),
    "AWS::Redshift::Cluster": PhysicalName("ClusterIdentifier", 1, 63, *_LOWER_IDENTIFIER),
    "AWS::Redshift::ClusterParameterGroup": PhysicalName("ParameterGroupName", 1, 255, *_IDENTIFIER),
    "AWS::RedshiftServerless::Namespace": PhysicalName("NamespaceName", 3, 64, *_LOWER),
    "AWS::RedshiftServerless::Workgroup": PhysicalName("WorkgroupName", 3, 64, *_LOWER),
    "AWS::ResourceGroups::Group": PhysicalName("Name", 1, 128, *_DOTTED),
    "AWS::Route53Resolver::FirewallDomainList": PhysicalName("Name", 1, 64, *_RESOLVER),
    "AWS::Route53Resolver::FirewallRuleGroup": PhysicalName("Name", 1, 64, *_RESOLVER),
    "AWS::Route53Resolver::ResolverEndpoint": PhysicalName("Name", 1, 64, *_RESOLVER),
    "AWS::Route53Resolver::ResolverQueryLoggingConfig": PhysicalName("Name", 1, 64, *_RESOLVER),
    "AWS::Route53Resolver::ResolverRule": PhysicalName("Name", 1, 64, *_RESOLVER),
    "AWS::S3::AccessPoint": PhysicalName("Name", 3, 50, *_LOWER_INNER),
    # "General purpose bucket naming rules".
    "AWS::S3::Bucket": PhysicalName("BucketName", 3, 63, *_BUCKET),
    "AWS::S3::MultiRegionAccessPoint": PhysicalName("Name", 3, 50, *_LOWER_INNER),
    # "Directory bucket naming rules".
    "AWS::S3Express::DirectoryBucket": PhysicalName("BucketName", 3, 63, *_DIRECTORY_BUCKET),
    "AWS::S3Tables::TableBucket": PhysicalName("TableBucketName", 3, 63, *_LOWER_INNER),
    "AWS::SES::ConfigurationSet": PhysicalName("Name", 1, 64, *_WORD),
    "AWS::SES::ContactList": PhysicalName("ContactListName", 1, 64, *_WORD),
    "AWS::SES::DedicatedIpPool": PhysicalName("PoolName", 1, 64, *_LOWER_WORD),
    "AWS::SNS::Topic": PhysicalName("TopicName", 1, 256, *_FIFO),
    # "Amazon SQS FIFO queue quotas": '.fifo' counts.
    "AWS::SQS::Queue": PhysicalName("QueueName", 1, 80, *_FIFO),
    "AWS::SSM::Association": PhysicalName("AssociationName", 3, 128, *_DOTTED),
    "AWS::SSM::Document": PhysicalName("Name", 3, 128, *_DOTTED),
    "AWS::SSM::MaintenanceWindow": PhysicalName("Name", 3, 128, *_DOTTED),
    # The schema has 2,048; PutParameter keeps 1,037 of them, and the ARN before the name, of about 50,
    # counts too.
    "AWS::SSM::Parameter": PhysicalName("Name", 1, 1_011, *_PARAMETER),
    "AWS::SSM::PatchBaseline": PhysicalName("Name", 3, 128, *_DOTTED),
    "AWS::SSM::ResourceDataSync": PhysicalName("SyncName", 1, 64, *_TEXT),
    "AWS::SSO::PermissionSet": PhysicalName("Name", 1, 32, *_IAM),
    "AWS::SageMaker::Domain": PhysicalName("DomainName", 1, 63, *_INNER_HYPHEN),
    # The length in the schema is 64, in its pattern and CreateEndpoint 63.
    "AWS::SageMaker::Endpoint": PhysicalName("EndpointName", 1, 63, *_INNER_HYPHEN),
    "AWS::SageMaker::EndpointConfig": PhysicalName("EndpointConfigName", 1, 63, *_INNER_HYPHEN),
    "AWS::SageMaker::FeatureGroup": PhysicalName("FeatureGroupName", 1, 64, *_INNER_HYPHEN),
    "AWS::SageMaker::Model": PhysicalName("ModelName", 1, 63, *_INNER_HYPHEN),
    "AWS::SageMaker::ModelPackageGroup": PhysicalName("ModelPackageGroupName", 1, 63, *_INNER_HYPHEN),
    # The schema has 64; CreateNotebookInstance has 63.
    "AWS::SageMaker::NotebookInstance": PhysicalName("NotebookInstanceName", 1, 63, *_INNER_HYPHEN),
    "AWS::SageMaker::Pipeline": PhysicalName("PipelineName", 1, 256, *_INNER_HYPHEN),
    "AWS::SageMaker::Project": PhysicalName("ProjectName", 1, 32, *_INNER_HYPHEN),
    "AWS::SageMaker::UserProfile": PhysicalName("UserProfileName", 1, 63, *_INNER_HYPHEN),
    "AWS::Scheduler::Schedule": PhysicalName("Name", 1, 64, *_DOTTED),
    "AWS::Scheduler::ScheduleGroup": PhysicalName("Name", 1, 64, *_DOTTED),
    "AWS::SecretsManager::Secret": PhysicalName("Name", 1, 512, *_SECRET),
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct": PhysicalName(
        "ProvisionedProductName", 1, 128, *_ALNUM_DOTTED
    ),
    "AWS::StepFunctions::Activity": PhysicalName("Name", 1, 80, *_STATE_MACHINE),
    "AWS::StepFunctions::StateMachine": PhysicalName("StateMachineName", 1, 80, *_STATE_MACHINE),
    "AWS::Synthetics::Canary": PhysicalName("Name", 1, 255, *_LOWER_WORD),
    "AWS::Synthetics::Group": PhysicalName("Name", 1, 64, *_LOWER_WORD),
    "AWS::Timestream::Database": PhysicalName("DatabaseName", 3, 256, *_DOTTED),
    "AWS::Timestream::Table": PhysicalName("TableName", 3, 256, *_DOTTED),
    "AWS::VpcLattice::Service": PhysicalName("Name", 3, 40, *_LATTICE_SERVICE),
    "AWS::VpcLattice::ServiceNetwork": PhysicalName("Name", 3, 63, *_LATTICE_NETWORK),
    "AWS::VpcLattice::TargetGroup": PhysicalName("Name", 3, 128, *_LATTICE_TARGETS),
    "AWS::WAFv2::IPSet": PhysicalName("Name", 1, 128, *_WORD),
    "AWS::WAFv2::RegexPatternSet": PhysicalName("Name", 1, 128, *_WORD),
    "AWS::WAFv2::RuleGroup": PhysicalName("Name", 1, 128, *_WORD),
    "AWS::WAFv2::WebACL": PhysicalName("Name", 1, 128, *_WORD),
    "AWS::XRay::Group": PhysicalName("GroupName", 1, 32, *_TEXT),
}
"""The rule for each resource type that a template may name, sorted by type."""
