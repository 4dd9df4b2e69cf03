"""The frontend: a single-page application that Amplify builds and serves."""

from __future__ import annotations

from troposphere import Equals, If, Not, NoValue, Ref, Sub, amplify

from stackgen import Condition, Output, Parameter

from .parameters import RepositoryParameters

BRANCH = "main"
FILES = ("css", "gif", "ico", "jpeg", "jpg", "js", "json", "map", "png", "svg", "txt", "webp", "woff", "woff2", "xml")
"""What is asked for as a file; every other address is one of the application's own."""

BUILD = """\
version: 1
frontend:
  phases:
    preBuild:
      commands:
        - cd frontend
        - npm ci
    build:
      commands:
        - npm run build
  artifacts:
    baseDirectory: frontend/dist
    files:
      - '**/*'
  cache:
    paths:
      - frontend/node_modules/**/*
"""


class Frontend(RepositoryParameters):
    """Plot Palette frontend: an Amplify app that knows the API and the user pool, and serves every path."""

    file = "frontend-stack"
    component = "Frontend"

    ApiEndpoint: Parameter = Parameter(
        pattern=r"^https://.+$", description="Address of the API", constraint_description="an https address"
    )
    UserPoolId: Parameter = Parameter(
        pattern=r"^[\w-]+_[0-9a-zA-Z]+$",
        max_length=55,
        description="User pool to sign in to",
        constraint_description="the ID of a user pool",
    )
    UserPoolClientId: Parameter = Parameter(
        pattern=r"^[\w+]+$",
        max_length=128,
        description="Client to sign in as",
        constraint_description="the ID of a user pool's client",
    )
    AmplifyServiceRoleArn: Parameter = Parameter(
        pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$",
        description="Role of the builds",
        constraint_description="the ARN of a role",
    )

    HasRepository = Condition(Not(Equals(RepositoryParameters.RepositoryUrl, "")))

    AmplifyAppUrl = Output(description="Address of the application")
    AmplifyAppId = Output(description="ID of the Amplify app")
    DefaultDomain = Output(description="Domain of the Amplify app, which its branches are below")

    def build(self) -> None:
        """The app and its one branch."""
        token = Sub("{{resolve:secretsmanager:${RepositoryTokenSecretName}}}")
        app = self.add(
            amplify.App(
                "App",
                Name=self.named("frontend"),
                Description="Plot Palette",
                Platform="WEB",
                IAMServiceRole=self.AmplifyServiceRoleArn,
                Repository=If(self.HasRepository, self.RepositoryUrl, NoValue),
                AccessToken=If(self.HasRepository, token, NoValue),
                BuildSpec=BUILD,
                EnvironmentVariables=[
                    amplify.EnvironmentVariable(Name=name, Value=value)
                    for name, value in {
                        "VITE_API_ENDPOINT": self.ApiEndpoint,
                        "VITE_COGNITO_USER_POOL_ID": self.UserPoolId,
                        "VITE_COGNITO_CLIENT_ID": self.UserPoolClientId,
                        "VITE_REGION": Ref("AWS::Region"),
                    }.items()
                ],
                CustomRules=[
                    amplify.CustomRule(
                        Source=rf"</^[^.]+$|\.(?!({'|'.join(FILES)})$)([^.]+$)/>", Target="/index.html", Status="200"
                    )
                ],
            )
        )
        self.add(
            amplify.Branch(
                "MainBranch",
                AppId=app.get_att("AppId"),
                BranchName=BRANCH,
                Stage="PRODUCTION",
                EnableAutoBuild=If(self.HasRepository, True, False),  # noqa: FBT003 - CloudFormation's words
                EnablePerformanceMode=True,
            )
        )
        self.AmplifyAppUrl = Sub(f"https://{BRANCH}.${{App.DefaultDomain}}")
        self.AmplifyAppId = app.get_att("AppId")
        self.DefaultDomain = app.get_att("DefaultDomain")
