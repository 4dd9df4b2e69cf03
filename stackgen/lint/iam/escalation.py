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
    (PASS, "lambda:CreateFunction", "lambda:InvokeFunction"),
    (PASS, "ec2:RunInstances"),
    (PASS, "ecs:RegisterTaskDefinition", "ecs:RunTask"),
    (PASS, "cloudformation:CreateStack"),
    (PASS, "codebuild:CreateProject", "codebuild:StartBuild"),
    (PASS, "glue:CreateJob", "glue:StartJobRun"),
    (PASS, "sagemaker:CreateNotebookInstance"),
    (PASS, "states:CreateStateMachine", "states:StartExecution"),
)
