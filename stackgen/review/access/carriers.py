"""Properties that put a resource, or its network interfaces, into security groups of a VPC.

Sources: the resource types' pages in the template reference,
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/, and the provider schemas of cfn-lint 1.58.0.
Lists that say who may come in, as an EKS node group's ``RemoteAccess.SourceSecurityGroups``, are no such properties.
"""

from __future__ import annotations

__all__ = ["CARRIERS"]

_IDS = ("SecurityGroupIds[]",)
_GROUPS = ("SecurityGroups[]",)
_OF_VPC = ("VpcSecurityGroupIds[]",)
_CONFIG = ("VpcConfig.SecurityGroupIds[]",)
_CONFIGURATION = ("VpcConfiguration.SecurityGroupIds[]",)
_JOB = ("NetworkConfig.VpcConfig.SecurityGroupIds[]",)
_NETWORK = ("NetworkConfiguration.SecurityGroupIds[]",)
_ARNS = ("SecurityGroupArns[]",)
_MANAGED = ("ManagedInstancesProvider.InstanceLaunchTemplate.NetworkConfiguration.SecurityGroups[]",)
_PRIVATE = "ManagedVpcResource.SecurityGroupIds[]"
_JWT = "AuthorizerConfiguration.CustomJWTAuthorizer"
_MODE = "NetworkConfiguration.NetworkModeConfig.SecurityGroups[]"
_GLUE = "PhysicalConnectionRequirements.SecurityGroupIdList[]"
_TASK = "EcsParameters.NetworkConfiguration"

_BY_PATHS: dict[tuple[str, ...], str] = {
    _IDS: """ApiGatewayV2::VpcLink DAX::Cluster Deadline::LicenseEndpoint EC2::ClientVpnEndpoint
        EC2::InstanceConnectEndpoint EC2::VPCEndpoint EC2::VerifiedAccessEndpoint ElastiCache::ReplicationGroup
        ElastiCache::ServerlessCache FSx::FileCache FSx::FileSystem Glue::DevEndpoint
        ImageBuilder::InfrastructureConfiguration M2::Environment MediaConnect::FlowVpcInterface MemoryDB::Cluster
        NeptuneGraph::PrivateGraphEndpoint OpenSearchServerless::VpcEndpoint QuickSight::VPCConnection
        RTBFabric::RequesterGateway RTBFabric::ResponderGateway RedshiftServerless::Workgroup
        Route53Resolver::ResolverEndpoint SageMaker::NotebookInstance VpcLattice::ResourceGateway
        VpcLattice::ServiceNetworkVpcAssociation WorkSpacesWeb::NetworkSettings""",
    _GROUPS: """AmazonMQ::Broker AppRunner::VpcConnector AutoScaling::LaunchConfiguration EFS::MountTarget
        ElasticLoadBalancing::LoadBalancer ElasticLoadBalancingV2::LoadBalancer MSK::VpcConnection
        S3Files::MountTarget""",
    _OF_VPC: """DMS::ReplicationInstance DocDB::DBCluster DocDBElastic::Cluster ElastiCache::CacheCluster
        Neptune::DBCluster RDS::DBCluster RDS::DBProxy RDS::DBProxyEndpoint Redshift::Cluster Redshift::EndpointAccess
        Timestream::InfluxDBCluster Timestream::InfluxDBInstance""",
    _CONFIG: """AppStream::AppBlockBuilder AppStream::Fleet AppStream::ImageBuilder Comprehend::DocumentClassifier
        Comprehend::EntityRecognizer Lambda::CapacityProvider Lambda::Function SageMaker::EndpointConfig
        SageMaker::Model Serverless::CapacityProvider Serverless::Function Serverless::NetworkConnector""",
    _CONFIGURATION: "CodeConnections::Host Grafana::Workspace QBusiness::DataSource",
    _JOB: """SageMaker::DataQualityJobDefinition SageMaker::ModelBiasJobDefinition
        SageMaker::ModelExplainabilityJobDefinition SageMaker::ModelQualityJobDefinition SageMaker::ProcessingJob""",
    _NETWORK: "EMRServerless::Application MWAA::Environment MWAAServerless::Workflow",
    _ARNS: """DataSync::Agent DataSync::LocationFSxLustre DataSync::LocationFSxONTAP DataSync::LocationFSxOpenZFS
        DataSync::LocationFSxWindows""",
}

CARRIERS: dict[str, tuple[str, ...]] = {
    **{f"AWS::{name}": paths for paths, names in _BY_PATHS.items() for name in names.split()},
    "AWS::APS::Scraper": (
        "Source.EksConfiguration.SecurityGroupIds[]",
        "Source.VpcConfiguration.SecurityGroupIds[]",
    ),
    "AWS::Batch::ComputeEnvironment": (
        "ComputeResources.SecurityGroupIds[]",
        *(f"ComputeResources.{each}" for each in _MANAGED),
    ),
    "AWS::BedrockAgentCore::BrowserCustom": ("NetworkConfiguration.VpcConfig.SecurityGroups[]",),
    "AWS::BedrockAgentCore::CapacityProvider": (
        "ComputeConfiguration.Ec2Configuration.VpcConfiguration.SecurityGroups[]",
    ),
    "AWS::BedrockAgentCore::CodeInterpreterCustom": ("NetworkConfiguration.VpcConfig.SecurityGroups[]",),
    "AWS::BedrockAgentCore::Gateway": (f"{_JWT}.PrivateEndpoint.{_PRIVATE}",),
    "AWS::BedrockAgentCore::GatewayTarget": (f"PrivateEndpoint.{_PRIVATE}",),
    "AWS::BedrockAgentCore::Harness": (
        f"Environment.AgentCoreRuntimeEnvironment.{_MODE}",
        f"{_JWT}.PrivateEndpoint.{_PRIVATE}",
        f"{_JWT}.PrivateEndpointOverrides[].PrivateEndpoint.{_PRIVATE}",
    ),
    "AWS::BedrockAgentCore::Runtime": (
        _MODE,
        f"{_JWT}.PrivateEndpoint.{_PRIVATE}",
        f"{_JWT}.PrivateEndpointOverrides[].PrivateEndpoint.{_PRIVATE}",
    ),
    "AWS::CodeBuild::Fleet": ("FleetVpcConfig.SecurityGroupIds[]",),
    "AWS::CodeBuild::Project": (*_CONFIG, "Environment.DockerServer.SecurityGroupIds[]"),
    "AWS::Comprehend::Flywheel": ("DataSecurityConfig.VpcConfig.SecurityGroupIds[]",),
    "AWS::DMS::InstanceProfile": ("VpcSecurityGroups[]",),
    "AWS::DMS::ReplicationConfig": ("ComputeConfig.VpcSecurityGroupIds[]",),
    "AWS::DRS::ReplicationConfigurationTemplate": ("ReplicationServersSecurityGroupsIDs[]",),
    "AWS::DataSync::LocationEFS": ("Ec2Config.SecurityGroupArns[]",),
    "AWS::DataZone::Connection": (f"Props.GlueProperties.GlueConnectionInput.{_GLUE}",),
    "AWS::DevOpsAgent::PrivateConnection": ("ConnectionConfiguration.ServiceManaged.SecurityGroupIds[]",),
    "AWS::EC2::EC2Fleet": ("LaunchTemplateConfigs[].Overrides[].NetworkInterfaces[].Groups[]",),
    "AWS::EC2::Instance": (*_IDS, *_GROUPS, "NetworkInterfaces[].GroupSet[]"),
    "AWS::EC2::LaunchTemplate": (
        "LaunchTemplateData.SecurityGroupIds[]",
        "LaunchTemplateData.SecurityGroups[]",
        "LaunchTemplateData.NetworkInterfaces[].Groups[]",
    ),
    "AWS::EC2::NetworkInterface": ("GroupSet[]",),
    "AWS::EC2::SpotFleet": (
        "SpotFleetRequestConfigData.LaunchSpecifications[].SecurityGroups[].GroupId",
        "SpotFleetRequestConfigData.LaunchSpecifications[].NetworkInterfaces[].Groups[]",
    ),
    "AWS::ECS::CapacityProvider": _MANAGED,
    "AWS::ECS::ExpressGatewayService": ("NetworkConfiguration.SecurityGroups[]",),
    "AWS::ECS::Service": ("NetworkConfiguration.AwsvpcConfiguration.SecurityGroups[]",),
    "AWS::ECS::TaskSet": ("NetworkConfiguration.AwsVpcConfiguration.SecurityGroups[]",),
    "AWS::EKS::Cluster": ("ResourcesVpcConfig.SecurityGroupIds[]",),
    "AWS::EMR::Cluster": (
        "Instances.EmrManagedMasterSecurityGroup",
        "Instances.EmrManagedSlaveSecurityGroup",
        "Instances.ServiceAccessSecurityGroup",
        "Instances.AdditionalMasterSecurityGroups[]",
        "Instances.AdditionalSlaveSecurityGroups[]",
    ),
    "AWS::EMR::Studio": ("EngineSecurityGroupId", "WorkspaceSecurityGroupId"),
    "AWS::EVS::Environment": ("ServiceAccessSecurityGroups.SecurityGroups[]",),
    "AWS::Elasticsearch::Domain": ("VPCOptions.SecurityGroupIds[]",),
    "AWS::Events::Rule": (f"Targets[].{_TASK}.AwsVpcConfiguration.SecurityGroups[]",),
    "AWS::Glue::Connection": (f"ConnectionInput.{_GLUE}",),
    "AWS::GroundStation::DataflowEndpointGroup": ("EndpointDetails[].SecurityDetails.SecurityGroupIds[]",),
    "AWS::IoT::TopicRuleDestination": ("VpcProperties.SecurityGroups[]",),
    "AWS::KafkaConnect::Connector": ("KafkaCluster.ApacheKafkaCluster.Vpc.SecurityGroups[]",),
    "AWS::Kendra::DataSource": tuple(
        f"DataSourceConfiguration.{each}Configuration.VpcConfiguration.SecurityGroupIds[]"
        for each in ("Confluence", "Database", "SharePoint")
    ),
    "AWS::KinesisAnalyticsV2::Application": ("ApplicationConfiguration.VpcConfigurations[].SecurityGroupIds[]",),
    "AWS::KinesisFirehose::DeliveryStream": tuple(
        f"{each}DestinationConfiguration.VpcConfiguration.SecurityGroupIds[]"
        for each in ("AmazonOpenSearchServerless", "Amazonopensearchservice", "Elasticsearch")
    ),
    "AWS::Lambda::NetworkConnector": ("Configuration.VpcEgressConfiguration.SecurityGroupIds[]",),
    "AWS::MSK::Cluster": ("BrokerNodeGroupInfo.SecurityGroups[]",),
    "AWS::MSK::Replicator": ("KafkaClusters[].VpcConfig.SecurityGroupIds[]",),
    "AWS::MSK::ServerlessCluster": ("VpcConfigs[].SecurityGroups[]",),
    "AWS::MediaConnect::Flow": ("VpcInterfaces[].SecurityGroupIds[]",),
    "AWS::MediaConnect::RouterNetworkInterface": ("Configuration.Vpc.SecurityGroupIds[]",),
    "AWS::MediaLive::Channel": ("Vpc.SecurityGroupIds[]",),
    "AWS::MediaLive::Input": ("Vpc.SecurityGroupIds[]",),
    "AWS::OSIS::Pipeline": ("VpcOptions.SecurityGroupIds[]",),
    "AWS::Omics::Configuration": ("RunConfigurations.VpcConfig.SecurityGroupIds[]",),
    "AWS::OpenSearchService::Domain": ("VPCOptions.SecurityGroupIds[]",),
    "AWS::PCAConnectorAD::Connector": ("VpcInformation.SecurityGroupIds[]",),
    "AWS::PCS::Cluster": ("Networking.SecurityGroupIds[]",),
    "AWS::Pipes::Pipe": (
        "SourceParameters.SelfManagedKafkaParameters.Vpc.SecurityGroup[]",
        "TargetParameters.EcsTaskParameters.NetworkConfiguration.AwsvpcConfiguration.SecurityGroups[]",
    ),
    "AWS::RDS::DBInstance": ("VPCSecurityGroups[]",),
    "AWS::RDS::OptionGroup": ("OptionConfigurations[].VpcSecurityGroupMemberships[]",),
    "AWS::S3Outposts::Endpoint": ("SecurityGroupId",),
    "AWS::SageMaker::Cluster": (
        *_CONFIG,
        "InstanceGroups[].OverrideVpcConfig.SecurityGroupIds[]",
        "RestrictedInstanceGroups[].OverrideVpcConfig.SecurityGroupIds[]",
    ),
    "AWS::SageMaker::Domain": (
        "DefaultUserSettings.SecurityGroups[]",
        "DefaultSpaceSettings.SecurityGroups[]",
        "DomainSettings.SecurityGroupIds[]",
    ),
    "AWS::SageMaker::MonitoringSchedule": (f"MonitoringScheduleConfig.MonitoringJobDefinition.{_JOB[0]}",),
    "AWS::SageMaker::UserProfile": ("UserSettings.SecurityGroups[]",),
    "AWS::SageMaker::Workforce": ("WorkforceVpcConfig.SecurityGroupIds[]",),
    "AWS::Scheduler::Schedule": (f"Target.{_TASK}.AwsvpcConfiguration.SecurityGroups[]",),
    "AWS::SecurityAgent::AgentSpace": ("AwsResources.Vpcs[].SecurityGroupArns[]",),
    "AWS::SecurityAgent::Pentest": ("VpcConfig.SecurityGroupArns[]",),
    "AWS::Synthetics::Canary": ("VPCConfig.SecurityGroupIds[]", "Replicas[].VpcConfig.SecurityGroupIds[]"),
    "AWS::Transfer::Server": ("EndpointDetails.SecurityGroupIds[]",),
    "AWS::Transfer::WebApp": ("EndpointDetails.Vpc.SecurityGroupIds[]",),
    "AWS::WorkSpaces::Directory": ("WorkspaceCreationProperties.CustomSecurityGroupId",),
    "AWS::WorkspacesInstances::WorkspaceInstance": ("ManagedInstance.NetworkInterfaces[].Groups[]",),
}
