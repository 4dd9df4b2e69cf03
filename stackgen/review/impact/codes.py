"""Every verdict by its code: what it says, why it matters, what to do. ``explain V201`` prints it."""

from __future__ import annotations

from stackgen.records import NamedTuple

from .result import CERTAIN_FAILURE, DATA_LOSS, NOTE, WIDEN, Verdict

_GUIDE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide"
_REFERENCE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"


class Code(NamedTuple):
    """One kind of verdict; ``source`` is AWS's page on it, where there is one."""

    kind: str
    title: str
    why: str
    remedy: str
    source: str = ""


CODES = {
    "V101": Code(
        DATA_LOSS,
        "a resource with data is replaced, and the old one deleted",
        "The new resource starts empty; the old one goes in the clean-up of the update.",
        "set UpdateReplacePolicy to Retain, back it up first, or keep the create-only property as it is",
        f"{_REFERENCE}/aws-attribute-updatereplacepolicy.html",
    ),
    "V102": Code(
        DATA_LOSS,
        "a resource with data is deleted",
        "It leaves the stack, and the DeletionPolicy of the deployed template deletes it.",
        "deploy DeletionPolicy Retain first, in an update of its own, then remove the resource",
        f"{_REFERENCE}/aws-attribute-deletionpolicy.html",
    ),
    "V103": Code(
        DATA_LOSS,
        "a resource with data may be replaced, and the old one deleted",
        "Whether it is replaced hangs on AWS, or on a value that is not known here.",
        "look at the change set before it is executed, or set UpdateReplacePolicy to Retain",
        f"{_REFERENCE}/aws-attribute-updatereplacepolicy.html",
    ),
    "V104": Code(
        DATA_LOSS,
        "a resource with data may be deleted",
        "Whether it is there hangs on a value that is not known here.",
        "give the value with -p, or in the project's environments; or deploy DeletionPolicy Retain first",
        f"{_REFERENCE}/aws-attribute-deletionpolicy.html",
    ),
    "V201": Code(
        CERTAIN_FAILURE,
        "a custom-named resource is replaced and keeps its name",
        "CloudFormation makes the new resource before it deletes the old one, and two cannot have one name.",
        "change the name with it, or leave the name to CloudFormation",
        f"{_REFERENCE}/aws-properties-name.html",
    ),
    "V202": Code(
        CERTAIN_FAILURE,
        "an output is used and does not exist",
        "A parent asks its nested stack for an output that the child's template does not have.",
        "keep the output, or remove its use in the same change",
        f"{_REFERENCE}/intrinsic-function-reference-getatt.html",
    ),
    "V203": Code(
        CERTAIN_FAILURE,
        "two resources have one physical name",
        "A name belongs to one resource in its account and region; some names to one in all regions, or everywhere.",
        "put the environment, the region or the stack into the name",
        f"{_REFERENCE}/aws-properties-name.html",
    ),
    "V204": Code(
        CERTAIN_FAILURE,
        "a resource gets another type under its logical ID",
        "CloudFormation refuses to update the type of a resource.",
        "give the new resource another logical ID",
        f"{_GUIDE}/using-cfn-updating-stacks-update-behaviors.html",
    ),
    "V205": Code(
        CERTAIN_FAILURE,
        "a property is changed that cannot be updated",
        "The service, or CloudFormation, refuses the change.",
        "leave the property, or make a new resource under another logical ID and move over",
    ),
    "V206": Code(
        CERTAIN_FAILURE,
        "a template is larger than CloudFormation takes",
        "The limits are fixed: 500 resources, 200 parameters, 200 outputs, 1 MB.",
        "move resources into a nested stack; those that move are made anew, unless the stacks are refactored",
        f"{_GUIDE}/cloudformation-limits.html",
    ),
    "V207": Code(
        CERTAIN_FAILURE,
        "a mapping has no such entry",
        "With these values Fn::FindInMap finds nothing, and the template is refused.",
        "add the entry, or a DefaultValue",
        f"{_REFERENCE}/intrinsic-function-reference-findinmap.html",
    ),
    "V208": Code(
        CERTAIN_FAILURE,
        "an export is changed or removed while another stack imports it",
        "CloudFormation refuses to change or delete an export that is in use.",
        "export the new value under another name, deploy the importers with it, then remove the old export",
        f"{_GUIDE}/using-cfn-stack-exports.html",
    ),
    "V209": Code(
        CERTAIN_FAILURE,
        "a nested stack in a StackSet with service-managed permissions",
        "StackSets with service-managed permissions deploy no template that contains nested stacks.",
        "use self-managed permissions, or a template without nested stacks",
        f"{_GUIDE}/stacksets-orgs-enable-trusted-access.html",
    ),
    "V210": Code(
        CERTAIN_FAILURE,
        "a new resource wants a name that is not free yet",
        "CloudFormation makes what is new first, and deletes what is gone in the clean-up after it.",
        "keep the logical ID, give the new resource another name, or remove the old one in an update of its own first",
        f"{_REFERENCE}/aws-properties-name.html",
    ),
    "V211": Code(
        CERTAIN_FAILURE,
        "resources wait for each other",
        "Each needs another of them to be there first, so CloudFormation refuses the template.",
        "cut one of the references: a policy, rule or association of its own can often hold it",
        f"{_GUIDE}/troubleshooting.html",
    ),
    "V301": Code(
        WIDEN,
        "an IAM policy allows more",
        "Somebody may do, after the change, what nobody could by this policy before.",
        "grant the actions and resources that are needed, by name",
    ),
    "V302": Code(
        WIDEN,
        "the network lets more in or out",
        "A security group, network ACL or route reaches what it did not reach before.",
        "allow the ports and sources that are needed",
    ),
    "V303": Code(
        WIDEN,
        "a resource becomes public",
        "It can be reached, or read, from outside the account.",
        "keep it private, and give access to those who need it",
    ),
    "V304": Code(
        NOTE,
        "a new resource is given access",
        "Nothing that was there may do more; what is new may do this.",
        "see that each action and resource is needed",
    ),
    "V401": Code(
        NOTE,
        "data stay behind",
        "The policy keeps the old resource, or a snapshot of it; the new one starts empty.",
        "plan how the data get into the new resource, and who deletes the old one",
        f"{_REFERENCE}/aws-attribute-updatereplacepolicy.html",
    ),
    "V402": Code(
        NOTE,
        "a create-only property follows a value that only the account knows",
        "CloudFormation reads the value at every update; if it has changed, the resource is replaced.",
        "look at the change set, or pin the value",
        f"{_REFERENCE}/parameters-section-structure.html",
    ),
    "V403": Code(
        NOTE,
        "a macro or transform writes part of the template",
        "What it makes is not seen here.",
        "look at the change set",
        f"{_GUIDE}/template-macros-overview.html",
    ),
    "V404": Code(
        NOTE,
        "the template of a nested stack is not in the build",
        "What happens inside it is not seen here.",
        "put its template beside the others, under the name at the end of its TemplateURL",
    ),
    "V405": Code(
        NOTE,
        "a type is not known in the region",
        "The provider schemas list it in other regions only; they may be older than the region.",
        "see whether the service is offered there",
    ),
    "V406": Code(
        NOTE,
        "a custom-named resource may be replaced and keeps its name",
        "If it is replaced, the update fails: two resources cannot have one name.",
        "look at the change set; change the name with it, or leave the name to CloudFormation",
        f"{_REFERENCE}/aws-properties-name.html",
    ),
    "V407": Code(
        NOTE,
        "stacks must be deployed in order",
        "An export goes that another stack still imports until it is updated itself.",
        "deploy the importing stack first",
        f"{_GUIDE}/using-cfn-stack-exports.html",
    ),
    "V408": Code(
        NOTE,
        "a resource is deleted that must be empty",
        "The deletion fails while it holds anything; the stack then keeps it, or fails to clean up.",
        "empty it first, every version",
    ),
    "V409": Code(
        NOTE,
        "a policy changes",
        "Nothing happens now; it decides what becomes of the resource when it goes, or is replaced, later.",
        "see that it is meant",
        f"{_REFERENCE}/aws-attribute-deletionpolicy.html",
    ),
    "V410": Code(
        NOTE,
        "a protected resource is to be deleted",
        "Its own protection refuses; an update then leaves it in the account, out of the stack, and a deletion fails.",
        "switch the protection off in an update of its own, first",
    ),
    "V411": Code(
        NOTE,
        "what is handed on changes in many resources",
        "The instances of a StackSet, or all resources of a nested stack, change with it; they are not listed here.",
        "look at the change set, or at the template that is used",
        f"{_REFERENCE}/aws-resource-cloudformation-stackset.html",
    ),
    "V412": Code(
        NOTE,
        "an export may change while another stack imports it",
        "If its value changes, CloudFormation refuses the update; whether it does is not known here.",
        "look at the change set; export the new value under another name if it changes",
        f"{_GUIDE}/using-cfn-stack-exports.html",
    ),
}


def verdict(code: str, address: str, text: str, remedy: str = "") -> Verdict:
    """A verdict of a known code, with the code's remedy where none of its own is given."""
    known = CODES[code]
    return Verdict(code, known.kind, address, text, remedy or known.remedy)
