"""Actions that, alone or together, let a role give itself more than it was given.

Source: https://docs.aws.amazon.com/prescriptive-guidance/latest/transitioning-to-multiple-aws-accounts/iam-privilege-escalation.html
and the list of ways that Rhino Security Labs published in 2018.
"""

from __future__ import annotations

PASS = "iam:PassRole"  # noqa: S105  an action

WAYS: tuple[tuple[str, ...], ...] = (
    ("iam:CreatePolicyVersion",),
    ("iam:SetDefaultPolicyVersion",),
    ("iam:AttachRolePolicy",),
    ("iam:AttachUserPolicy",),
    ("iam:AttachGroupPolicy",),
    ("iam:PutRolePolicy",),
    ("iam:PutUserPolicy",),
    ("iam:PutGroupPolicy",),
    ("iam:AddUserToGroup",),
    ("iam:CreateAccessKey",),
    ("iam:CreateLoginProfile",),
    ("iam:UpdateLoginProfile",),
    ("iam:UpdateAssumeRolePolicy",),
    ("lambda:UpdateFunctionCode",),
    (PASS, "lambda:CreateFunction", "lambda:InvokeFunction"),
    (PASS, "lambda:CreateFunction", "lambda:CreateEventSourceMapping"),
    (PASS, "lambda:CreateFunction", "lambda:AddPermission"),
    (PASS, "ec2:RunInstances"),
    (PASS, "ecs:RegisterTaskDefinition", "ecs:RunTask"),
    (PASS, "ecs:RegisterTaskDefinition", "ecs:CreateService"),
    (PASS, "ecs:RegisterTaskDefinition", "ecs:UpdateService"),
    (PASS, "cloudformation:CreateStack"),
    (PASS, "cloudformation:UpdateStack"),
    (PASS, "cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"),
    (PASS, "codebuild:CreateProject", "codebuild:StartBuild"),
    (PASS, "codebuild:UpdateProject", "codebuild:StartBuild"),
    (PASS, "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition"),
    (PASS, "glue:CreateDevEndpoint"),
    (PASS, "glue:CreateJob", "glue:StartJobRun"),
    (PASS, "glue:UpdateJob", "glue:StartJobRun"),
    (PASS, "sagemaker:CreateNotebookInstance"),
    (PASS, "states:CreateStateMachine", "states:StartExecution"),
    (PASS, "states:UpdateStateMachine", "states:StartExecution"),
)
CHANGED: dict[str, tuple[str, str]] = {
    "iam:CreatePolicyVersion": ("iam", "policy/"),
    "iam:SetDefaultPolicyVersion": ("iam", "policy/"),
    "iam:AttachRolePolicy": ("iam", "role/"),
    "iam:PutRolePolicy": ("iam", "role/"),
    "iam:UpdateAssumeRolePolicy": ("iam", "role/"),
    PASS: ("iam", "role/"),
    "iam:AttachUserPolicy": ("iam", "user/"),
    "iam:PutUserPolicy": ("iam", "user/"),
    "iam:CreateAccessKey": ("iam", "user/"),
    "iam:CreateLoginProfile": ("iam", "user/"),
    "iam:UpdateLoginProfile": ("iam", "user/"),
    "iam:AttachGroupPolicy": ("iam", "group/"),
    "iam:PutGroupPolicy": ("iam", "group/"),
    "iam:AddUserToGroup": ("iam", "group/"),
    "lambda:UpdateFunctionCode": ("lambda", "function:"),
}
"""What an action takes over: it is a way where that is any of the account, and the others count wherever they act."""
OF_ONESELF = frozenset({
    "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:AttachRolePolicy", "iam:PutRolePolicy",
})  # fmt: skip
"""They are a way also where they act on the role that has them, or on its policy."""
