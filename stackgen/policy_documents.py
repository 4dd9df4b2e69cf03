"""Where the types of CloudFormation keep their policies, and whose access each of them is about.

An identity policy says what its holder may do, a trust policy who may become the holder, a resource policy who may do
what to it. Sources: the resource types' pages in the template reference,
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/, and the provider schemas of cfn-lint 1.58.0.
"""

from __future__ import annotations

from stackgen.records import NamedTuple

__all__ = [
    "ATTACHMENTS",
    "BOUNDARIES",
    "DOCUMENTS",
    "GROUPS",
    "MEMBERSHIPS",
    "PERMISSIONS",
    "ROLES",
    "Attachment",
    "Document",
    "Permission",
]


class Document(NamedTuple):
    """``path`` leads to the policy, ``[]`` through each entry of a list; ``holders`` to those that it is about.

    Without holders, or where none of them is given, it is about the resource itself.
    """

    kind: str
    path: str
    holders: tuple[tuple[str, str], ...] = ()


class Permission(NamedTuple):
    """A resource that is one statement: the properties that say who, what, on what, and under which conditions."""

    holder: tuple[str, str]
    principal: str
    action: str
    action_default: str
    conditions: tuple[tuple[str, str, str], ...]


class Attachment(NamedTuple):
    """A list of managed policies, by ARN or name, of the resource itself."""

    path: str


IDENTITY, TRUST, RESOURCE, ENDPOINT = "statement", "trust", "resource policy", "endpoint policy"

_PRINCIPALS = (("Roles", "Role"), ("Users", "User"), ("Groups", "Group"))


def _resource(path: str, holder: str = "", family: str = "") -> tuple[Document, ...]:
    return (Document(RESOURCE, path, ((holder, family),) if holder else ()),)


_SAM = (Document(IDENTITY, "Policies[]"), Document(TRUST, "AssumeRolePolicyDocument"))

DOCUMENTS: dict[str, tuple[Document, ...]] = {
    "AWS::IAM::Role": (Document(TRUST, "AssumeRolePolicyDocument"), Document(IDENTITY, "Policies[].PolicyDocument")),
    "AWS::IAM::User": (Document(IDENTITY, "Policies[].PolicyDocument"),),
    "AWS::IAM::Group": (Document(IDENTITY, "Policies[].PolicyDocument"),),
    "AWS::IAM::Policy": (Document(IDENTITY, "PolicyDocument", _PRINCIPALS),),
    "AWS::IAM::ManagedPolicy": (Document(IDENTITY, "PolicyDocument", _PRINCIPALS),),
    "AWS::IAM::RolePolicy": (Document(IDENTITY, "PolicyDocument", (("RoleName", "Role"),)),),
    "AWS::IAM::UserPolicy": (Document(IDENTITY, "PolicyDocument", (("UserName", "User"),)),),
    "AWS::IAM::GroupPolicy": (Document(IDENTITY, "PolicyDocument", (("GroupName", "Group"),)),),
    "AWS::IoT::Policy": (Document(IDENTITY, "PolicyDocument"),),
    "AWS::SSO::PermissionSet": (Document(IDENTITY, "InlinePolicy"),),
    "AWS::Transfer::User": (Document(IDENTITY, "Policy"),),
    "AWS::EKS::PodIdentityAssociation": (Document(IDENTITY, "Policy"),),
    "AWS::Organizations::Policy": (Document(IDENTITY, "Content"),),
    "AWS::Serverless::Function": _SAM,
    "AWS::Serverless::StateMachine": _SAM,
    "AWS::EC2::VPCEndpoint": (Document(ENDPOINT, "PolicyDocument"),),
    "AWS::APS::ResourcePolicy": _resource("PolicyDocument", "WorkspaceArn"),
    "AWS::ApiGateway::DomainNameV2": _resource("Policy"),
    "AWS::ApiGateway::RestApi": _resource("Policy"),
    "AWS::Backup::BackupVault": _resource("AccessPolicy"),
    "AWS::Backup::LogicallyAirGappedBackupVault": _resource("AccessPolicy"),
    "AWS::Bedrock::KnowledgeBasePolicy": _resource("PolicyDocument"),
    "AWS::Bedrock::ResourcePolicy": _resource("PolicyDocument", "ResourceArn"),
    "AWS::BedrockAgentCore::ResourcePolicy": _resource("Policy", "ResourceArn"),
    "AWS::CloudTrail::ResourcePolicy": _resource("ResourcePolicy", "ResourceArn"),
    "AWS::CodeArtifact::Domain": _resource("PermissionsPolicyDocument"),
    "AWS::CodeArtifact::Repository": _resource("PermissionsPolicyDocument"),
    "AWS::DSQL::Cluster": _resource("PolicyDocument"),
    "AWS::DynamoDB::GlobalTable": _resource("Replicas[].ResourcePolicy.PolicyDocument")
    + _resource("Replicas[].ReplicaStreamSpecification.ResourcePolicy.PolicyDocument"),
    "AWS::DynamoDB::Table": _resource("ResourcePolicy.PolicyDocument")
    + _resource("StreamSpecification.ResourcePolicy.PolicyDocument"),
    "AWS::EC2::VerifiedAccessEndpoint": _resource("PolicyDocument"),
    "AWS::EC2::VerifiedAccessGroup": _resource("PolicyDocument"),
    "AWS::ECR::PublicRepository": _resource("RepositoryPolicyText"),
    "AWS::ECR::RegistryPolicy": _resource("PolicyText"),
    "AWS::ECR::Repository": _resource("RepositoryPolicyText"),
    "AWS::ECR::RepositoryCreationTemplate": _resource("RepositoryPolicy"),
    "AWS::EFS::FileSystem": _resource("FileSystemPolicy"),
    "AWS::Elasticsearch::Domain": _resource("AccessPolicies"),
    "AWS::EventSchemas::RegistryPolicy": _resource("Policy", "RegistryName"),
    "AWS::Events::EventBus": _resource("Policy"),
    "AWS::KMS::Key": _resource("KeyPolicy"),
    "AWS::KMS::ReplicaKey": _resource("KeyPolicy"),
    "AWS::Kinesis::ResourcePolicy": _resource("ResourcePolicy", "ResourceArn"),
    "AWS::Lambda::ResourcePolicy": _resource("PolicyDocument", "ResourceArn", "Function"),
    "AWS::Logs::Destination": _resource("DestinationPolicy"),
    "AWS::Logs::LogGroup": _resource("ResourcePolicyDocument"),
    "AWS::Logs::ResourcePolicy": _resource("PolicyDocument"),
    "AWS::MSK::ClusterPolicy": _resource("Policy", "ClusterArn"),
    "AWS::MediaStore::Container": _resource("Policy"),
    "AWS::Oam::Sink": _resource("Policy"),
    "AWS::OpenSearchService::Domain": _resource("AccessPolicies"),
    "AWS::Organizations::ResourcePolicy": _resource("Content"),
    "AWS::PaymentCryptography::Key": _resource("Policy"),
    "AWS::Redshift::Cluster": _resource("NamespaceResourcePolicy"),
    "AWS::RedshiftServerless::Namespace": _resource("NamespaceResourcePolicy"),
    "AWS::S3::AccessPoint": _resource("Policy"),
    "AWS::S3::BucketPolicy": _resource("PolicyDocument", "Bucket", "Bucket"),
    "AWS::S3::MultiRegionAccessPointPolicy": _resource("Policy", "MrapName"),
    "AWS::S3Express::AccessPoint": _resource("Policy"),
    "AWS::S3Express::BucketPolicy": _resource("PolicyDocument", "Bucket"),
    "AWS::S3ObjectLambda::AccessPointPolicy": _resource("PolicyDocument", "ObjectLambdaAccessPoint"),
    "AWS::S3Outposts::AccessPoint": _resource("Policy"),
    "AWS::S3Outposts::BucketPolicy": _resource("PolicyDocument", "Bucket"),
    "AWS::S3Tables::TableBucketPolicy": _resource("ResourcePolicy", "TableBucketARN"),
    "AWS::S3Tables::TablePolicy": _resource("ResourcePolicy", "TableARN"),
    "AWS::S3Vectors::VectorBucketPolicy": _resource("Policy", "VectorBucketName"),
    "AWS::SNS::TopicInlinePolicy": _resource("PolicyDocument", "TopicArn"),
    "AWS::SNS::TopicPolicy": _resource("PolicyDocument", "Topics"),
    "AWS::SQS::QueueInlinePolicy": _resource("PolicyDocument", "Queue"),
    "AWS::SQS::QueuePolicy": _resource("PolicyDocument", "Queues"),
    "AWS::SSM::ResourcePolicy": _resource("Policy", "ResourceArn"),
    "AWS::SageMaker::ModelPackageGroup": _resource("ModelPackageGroupPolicy"),
    "AWS::SecretsManager::ResourcePolicy": _resource("ResourcePolicy", "SecretId"),
    "AWS::VpcLattice::AuthPolicy": _resource("Policy", "ResourceIdentifier"),
    "AWS::VpcLattice::ResourcePolicy": _resource("Policy", "ResourceArn"),
    "AWS::XRay::ResourcePolicy": _resource("PolicyDocument"),
}

PERMISSIONS: dict[str, Permission] = {
    "AWS::Lambda::Permission": Permission(
        ("FunctionName", "Function"),
        "Principal",
        "Action",
        "lambda:InvokeFunction",
        (
            ("SourceArn", "ArnLike", "AWS:SourceArn"),
            ("SourceAccount", "StringEquals", "AWS:SourceAccount"),
            ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
            ("EventSourceToken", "StringEquals", "lambda:EventSourceToken"),
            ("FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"),
            ("InvokedViaFunctionUrl", "Bool", "lambda:InvokedViaFunctionUrl"),
        ),
    ),
    "AWS::Lambda::LayerVersionPermission": Permission(
        ("LayerVersionArn", ""),
        "Principal",
        "Action",
        "lambda:GetLayerVersion",
        (("OrganizationId", "StringEquals", "aws:PrincipalOrgID"),),
    ),
    "AWS::Events::EventBusPolicy": Permission(
        ("EventBusName", "EventBus"),
        "Principal",
        "Action",
        "events:PutEvents",
        (("Condition.Value", "StringEquals", "aws:PrincipalOrgID"),),
    ),
    "AWS::ACMPCA::Permission": Permission(
        ("CertificateAuthorityArn", ""),
        "Principal",
        "Actions",
        "acm-pca:*",
        (("SourceAccount", "StringEquals", "aws:SourceAccount"),),
    ),
    "AWS::EC2::VPCEndpointServicePermissions": Permission(
        ("ServiceId", ""), "AllowedPrincipals", "", "ec2:CreateVpcEndpoint", ()
    ),
    "AWS::RAM::ResourceShare": Permission(("ResourceArns", ""), "Principals", "", "ram:AssociateResourceShare", ()),
}

ATTACHMENTS: dict[str, Attachment] = {
    "AWS::IAM::Role": Attachment("ManagedPolicyArns[]"),
    "AWS::IAM::User": Attachment("ManagedPolicyArns[]"),
    "AWS::IAM::Group": Attachment("ManagedPolicyArns[]"),
    "AWS::SSO::PermissionSet": Attachment("ManagedPolicies[]"),
    "AWS::Serverless::Function": Attachment("Policies[]"),
    "AWS::Serverless::StateMachine": Attachment("Policies[]"),
    "AWS::EKS::AccessEntry": Attachment("AccessPolicies[].PolicyArn"),
}

MEMBERSHIPS: dict[str, tuple[str, str]] = {
    "AWS::IAM::User": ("", "Groups[]"),
    "AWS::IAM::UserToGroupAddition": ("Users[]", "GroupName"),
}
"""Who joins groups, by the paths of the users and of the groups; without users it is the resource itself."""

# Groups of which only the names are known: what they may do is said elsewhere.
GROUPS = {"AWS::EKS::AccessEntry": "KubernetesGroups[]"}

BOUNDARIES = {
    "AWS::IAM::Role": "PermissionsBoundary",
    "AWS::IAM::User": "PermissionsBoundary",
    "AWS::SSO::PermissionSet": "PermissionsBoundary",
    "AWS::Serverless::Function": "PermissionsBoundary",
    "AWS::Serverless::StateMachine": "PermissionsBoundary",
}

# The role that something runs as: another one may do other things.
ROLES: dict[str, tuple[str, ...]] = {
    "AWS::CloudFormation::StackSet": ("AdministrationRoleARN", "ExecutionRoleName"),
    "AWS::CodeBuild::Project": ("ServiceRole",),
    "AWS::Cognito::IdentityPoolRoleAttachment": ("Roles.authenticated", "Roles.unauthenticated"),
    "AWS::EC2::Instance": ("IamInstanceProfile",),
    "AWS::ECS::TaskDefinition": ("TaskRoleArn", "ExecutionRoleArn"),
    "AWS::Events::Rule": ("RoleArn",),
    "AWS::IAM::InstanceProfile": ("Roles",),
    "AWS::Lambda::Function": ("Role",),
    "AWS::Pipes::Pipe": ("RoleArn",),
    "AWS::Scheduler::Schedule": ("Target.RoleArn",),
    "AWS::Serverless::Function": ("Role",),
    "AWS::StepFunctions::StateMachine": ("RoleArn",),
}
