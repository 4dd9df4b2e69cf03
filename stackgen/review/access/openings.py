"""What opens a resource to the internet, to other accounts or to people who did not sign in.

Encryption, logging and the like are no access and are not here. What it means to leave a property out is said by the
page of its type, which each row names.
"""

from __future__ import annotations

from .switches import FALSE, Level, Switch, always, bare_origin, given, one_of, other_than, public_network, row

__all__ = ["GUARDIANS", "SWITCHES"]

_BLOCKS = {
    "BlockPublicAcls": "takes access control lists that open it to everybody",
    "BlockPublicPolicy": "takes a policy that opens it to everybody",
    "IgnorePublicAcls": "heeds access control lists that open it to everybody",
    "RestrictPublicBuckets": "serves everybody whom its policy lets in",
}


_U, _O = Level.UNSURE, Level.OPEN
_ADDRESS = "gives what starts in it a public address"
_HAS_ADDRESS = "has a public address"
_SUBNET = "Use a private subnet with a NAT gateway or endpoints"
_AUTHORIZE = "Ask for IAM, an authorizer or a user pool"
_ANYONE = "can be called by everybody"
_GUESTS = "Turn it off unless people without an account must use it"
_VPC = "Put it into a VPC"

SWITCHES: tuple[Switch, ...] = (
    *(
        row(kind, f"PublicAccessBlockConfiguration.{flag}", FALSE, _U, words=words, remedy="Keep all four blocks on")
        for kind in ("S3::Bucket", "S3::AccessPoint", "S3::MultiRegionAccessPoint")
        for flag, words in _BLOCKS.items()
    ),
    row(
        "S3::Bucket",
        "AccessControl",
        one_of("publicread", "publicreadwrite", "authenticatedread"),
        words="is open to everybody by its access control list",
        remedy="Leave AccessControl out, and give access by a bucket policy",
    ),
    # What a database without the property is depends on the subnets it is in.
    *(
        row(kind, "PubliclyAccessible", missing=_U)
        for kind in ("RDS::DBInstance", "RDS::DBCluster", "Neptune::DBInstance")
    ),
    row("DMS::ReplicationInstance", "PubliclyAccessible", missing=_O),
    *(
        row(kind, "PubliclyAccessible")
        for kind in ("Redshift::Cluster", "RedshiftServerless::Workgroup", "AmazonMQ::Broker", "Lightsail::Database")
    ),
    row(
        "MSK::Cluster",
        "BrokerNodeGroupInfo.ConnectivityInfo.PublicAccess.Type",
        one_of("service_provided_eips"),
        remedy="Set Type to DISABLED",
    ),
    row(
        "MSK::Cluster",
        "ClientAuthentication.Unauthenticated.Enabled",
        words="takes clients that do not say who they are",
        remedy="Ask for IAM, SASL/SCRAM or TLS",
    ),
    row(
        "ElasticLoadBalancingV2::LoadBalancer",
        "Scheme",
        one_of("internet-facing"),
        _O,
        remedy="Set Scheme to internal where only the VPC calls it",
        unless=("Type", ("gateway",)),
    ),
    row(
        "ElasticLoadBalancing::LoadBalancer",
        "Scheme",
        one_of("internet-facing"),
        _O,
        remedy="Set Scheme to internal where only the VPC calls it",
    ),
    row("Lambda::Url", "AuthType", one_of("none"), words=_ANYONE, remedy="Set AuthType to AWS_IAM"),
    row(
        "Serverless::Function",
        "FunctionUrlConfig.AuthType",
        one_of("none"),
        words="has a URL that everybody can call",
        remedy="Set AuthType to AWS_IAM",
        source="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/"
        "sam-property-function-functionurlconfig.html",
    ),
    row(
        "ApiGateway::Method",
        "AuthorizationType",
        one_of("none"),
        _O,
        words=_ANYONE,
        remedy=_AUTHORIZE,
        unless=("HttpMethod", ("options",)),
    ),
    row("ApiGatewayV2::Route", "AuthorizationType", one_of("none"), _O, words=_ANYONE, remedy=_AUTHORIZE),
    row(
        "ApiGateway::RestApi",
        "EndpointConfiguration.Types[]",
        other_than("private"),
        _O,
        remedy="Set Types to PRIVATE where only the VPC calls it",
    ),
    row(
        "AppSync::GraphQLApi",
        "AuthenticationType or AdditionalAuthenticationProviders[].AuthenticationType",
        one_of("api_key"),
        words="can be called by everybody who knows its key",
        remedy=_AUTHORIZE,
    ),
    row("AppSync::GraphQLApi", "Visibility", one_of("global"), _O, remedy="Set Visibility to PRIVATE"),
    row(
        "AppRunner::Service",
        "NetworkConfiguration.IngressConfiguration.IsPubliclyAccessible",
        missing=_O,
    ),
    row(
        "EKS::Cluster",
        "ResourcesVpcConfig.EndpointPublicAccess",
        missing=_O,
        words="has an API endpoint on the internet",
        remedy="Turn on EndpointPrivateAccess and turn this off",
    ),
    row(
        "EKS::Cluster",
        "ResourcesVpcConfig.PublicAccessCidrs[]",
        one_of("0.0.0.0/0", "::/0"),
        _U,
        words="lets every address call its API endpoint",
        remedy="Name the ranges that administer it",
    ),
    *(
        row(kind, option, given, _O, words="is outside of a VPC, so its endpoint is on the internet", remedy=_VPC)
        for kind, option in (("OpenSearchService::Domain", "VPCOptions"), ("Elasticsearch::Domain", "VPCOptions"))
    ),
    row("OpenSearchServerless::SecurityPolicy", "Policy", public_network, remedy="Name the VPC endpoints instead"),
    row(
        "ECR::PublicRepository",
        "",
        always,
        words="is a public repository: everybody can pull from it",
        remedy="Use AWS::ECR::Repository",
    ),
    row("EC2::Subnet", "MapPublicIpOnLaunch", words=_ADDRESS, remedy=_SUBNET),
    *(
        row(kind, path, words=_HAS_ADDRESS, remedy=_SUBNET)
        for kind, path in (
            ("EC2::Instance", "NetworkInterfaces[].AssociatePublicIpAddress"),
            ("EC2::LaunchTemplate", "LaunchTemplateData.NetworkInterfaces[].AssociatePublicIpAddress"),
            (
                "EC2::SpotFleet",
                "SpotFleetRequestConfigData.LaunchSpecifications[].NetworkInterfaces[].AssociatePublicIpAddress",
            ),
            ("AutoScaling::LaunchConfiguration", "AssociatePublicIpAddress"),
        )
    ),
    *(
        row(kind, path, one_of("enabled"), words="runs tasks with public addresses", remedy=_SUBNET)
        for kind, path in (
            ("ECS::Service", "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp"),
            ("ECS::TaskSet", "NetworkConfiguration.AwsVpcConfiguration.AssignPublicIp"),
            ("Events::Rule", "Targets[].EcsParameters.NetworkConfiguration.AwsVpcConfiguration.AssignPublicIp"),
            ("Scheduler::Schedule", "Target.EcsParameters.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp"),
        )
    ),
    row("EC2::EIPAssociation", "", always, words="gives a resource a public address", remedy=_SUBNET),
    row(
        "EC2::VPCBlockPublicAccessExclusion",
        "",
        always,
        words="takes a network out of what blocks public access",
        remedy="Exclude only the subnets that must be public",
    ),
    row(
        "ImageBuilder::DistributionConfiguration",
        "Distributions[].AmiDistributionConfiguration.LaunchPermissionConfiguration.UserGroups[]",
        one_of("all"),
        words="lets everybody start the images",
        remedy="Name the accounts or organisational units",
    ),
    row(
        "ImageBuilder::DistributionConfiguration",
        "Distributions[].AmiDistributionConfiguration.LaunchPermissionConfiguration.UserIds[]",
        always,
        words="lets other accounts start the images",
        remedy="Name only the accounts that need them",
    ),
    row(
        "RAM::ResourceShare",
        "AllowExternalPrincipals",
        missing=_O,
        words="may be shared with accounts outside of the organisation",
        remedy="Set AllowExternalPrincipals to false",
    ),
    row(
        "EC2::VPCEndpointService",
        "AcceptanceRequired",
        FALSE,
        _U,
        words="takes every connection of the principals that it allows",
        remedy="Set AcceptanceRequired to true",
    ),
    row(
        "EC2::TransitGateway",
        "AutoAcceptSharedAttachments",
        one_of("enable"),
        words="takes attachments of other accounts without being asked",
        remedy="Set it to disable",
    ),
    row(
        "CloudFront::Distribution",
        "DistributionConfig.Origins[]",
        bare_origin,
        words="reads a bucket without an origin access control, so the bucket must be open to everybody",
        remedy="Give the origin an OriginAccessControlId, and let only CloudFront into the bucket",
    ),
    row(
        "Cognito::IdentityPool",
        "AllowUnauthenticatedIdentities",
        words="gives AWS credentials to people who did not sign in",
        remedy=_GUESTS,
    ),
    row(
        "Cognito::UserPool",
        "AdminCreateUserConfig.AllowAdminCreateUserOnly",
        FALSE,
        _O,
        words="lets everybody sign up",
        remedy="Set AllowAdminCreateUserOnly to true where administrators make the accounts",
    ),
    row("Transfer::Server", "EndpointType", one_of("public"), _O, remedy="Set EndpointType to VPC"),
    row(
        "CodeBuild::Project",
        "Visibility",
        one_of("public_read"),
        words="shows its builds and logs to everybody",
        remedy="Set Visibility to PRIVATE",
    ),
    row(
        "SageMaker::NotebookInstance",
        "DirectInternetAccess",
        one_of("enabled"),
        _O,
        words="has its own way to the internet",
        remedy="Set DirectInternetAccess to Disabled",
    ),
    row(
        "SageMaker::Domain",
        "AppNetworkAccessType",
        one_of("publicinternetonly"),
        _O,
        words="has its own way to the internet",
        remedy="Set AppNetworkAccessType to VpcOnly",
    ),
    row(
        "GlobalAccelerator::Accelerator",
        "Enabled",
        missing=_O,
        words="has addresses that the internet can reach",
        remedy="See that what is behind it may be reached",
    ),
    row(
        "Lightsail::Bucket",
        "AccessRules.GetObject",
        one_of("public"),
        words="is open to everybody",
        remedy="Set it to private",
    ),
    row("QuickSight::Dashboard", "LinkSharingConfiguration.Permissions[]", always, words="is shared by a link"),
)  # fmt: skip

# What keeps things closed by being there: without it they may be opened.
GUARDIANS = {
    "AWS::EC2::SnapshotBlockPublicAccess": "keeps snapshots from being shared with everybody",
    "AWS::EC2::VPCBlockPublicAccessOptions": "keeps the internet out of every VPC",
}
