"""Repositories: a name is taken once, and images are not thrown away unasked.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repository.html
"""

from __future__ import annotations

from .emulator import account, physical_name, provisioners, refuse, service, true
from .resource_type import Properties, Provisioned, ResourceType

_SDK = "Ecr"


def _create(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    name = properties.get("RepositoryName") or physical_name(stack_name, logical_id, 256, lowercase=True)
    if name in service("ecr")._repositories:
        raise refuse(
            _SDK,
            f"The repository with name '{name}' already exists in the registry with id '{account()}'",
            code="AlreadyExists",
        )
    created: Provisioned = provisioners()._ecr_repo_create(logical_id, properties, stack_name)
    return created


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Provisioned:
    updated: Provisioned = provisioners()._ecr_repo_update(physical_id, old, new, stack_name, logical_id)
    return updated


def _delete(physical_id: str, properties: Properties) -> None:
    """Remove a repository; with images only if ``EmptyOnDelete`` says so.

    https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteRepository.html
    """
    ecr = service("ecr")
    if ecr._images.get(physical_id) and not true(properties.get("EmptyOnDelete", False)):
        raise refuse(
            _SDK,
            f"The repository with name '{physical_id}' in registry with id '{account()}' cannot be deleted because it "
            "still contains images (RepositoryNotEmptyException)",
        )
    provisioners()._ecr_repo_delete(physical_id, properties)


TYPES = {
    "AWS::ECR::Repository": ResourceType(
        create=_create,
        delete=_delete,
        update=_update,
        replaced_by=frozenset({"EncryptionConfiguration", "RepositoryName"}),
        tags="list",
    ),
}
