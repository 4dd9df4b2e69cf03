"""Who may sign in: a user pool, its client for the frontend, and the administrator."""

from __future__ import annotations

from typing import Any

from troposphere import Equals, If, Retain, RetainExceptOnCreate, Sub, cognito

from stackgen import Condition, Output

from .parameters import AdminParameters, CallbackParameters, ProtectionParameters

ADMINS = "admins"
TOKEN_MINUTES = 60
REFRESH_DAYS = 30


class Auth(AdminParameters, CallbackParameters, ProtectionParameters):
    """Plot Palette authentication: a user pool signed in to by e-mail, the frontend's client, and an administrator."""

    file = "auth-stack"
    component = "Authentication"

    IsProtected = Condition(Equals(ProtectionParameters.EnableDeletionProtection, "true"))

    UserPoolId = Output(description="ID of the user pool")
    UserPoolArn = Output(description="ARN of the user pool")
    UserPoolClientId = Output(description="ID of the frontend's client")
    ProviderUrl = Output(description="Issuer of the tokens")
    SignInDomain = Output(description="Host of the hosted sign-in")

    def build(self) -> None:
        """The pool, and who is in it from the start."""
        pool = self.user_pool()
        client = self.client(pool)
        self.add(
            cognito.UserPoolDomain(
                "UserPoolDomain",
                UserPoolId=pool.ref(),
                Domain=Sub("plot-palette-${EnvironmentName}-${AWS::AccountId}"),
            )
        )
        group = self.add(
            cognito.UserPoolGroup(
                "AdminGroup",
                UserPoolId=pool.ref(),
                GroupName=ADMINS,
                Description="May do everything; nobody joins but by an administrator",
                Precedence=1,
            )
        )
        administrator = self.add(
            cognito.UserPoolUser(
                "AdminUser",
                UserPoolId=pool.ref(),
                Username=self.AdminEmail,
                DesiredDeliveryMediums=["EMAIL"],
                UserAttributes=[
                    cognito.AttributeType(Name="email", Value=self.AdminEmail),
                    cognito.AttributeType(Name="email_verified", Value="true"),
                    cognito.AttributeType(Name="custom:user_role", Value="admin"),
                ],
            )
        )
        self.add(
            cognito.UserPoolUserToGroupAttachment(
                "AdminMembership",
                UserPoolId=pool.ref(),
                GroupName=group.ref(),
                Username=administrator.ref(),
            )
        )
        self.UserPoolId = pool.ref()
        self.UserPoolArn = pool.get_att("Arn")
        self.UserPoolClientId = client.ref()
        self.ProviderUrl = pool.get_att("ProviderURL")
        self.SignInDomain = Sub("${UserPoolDomain}.auth.${AWS::Region}.amazoncognito.com")

    def user_pool(self) -> cognito.UserPool:
        """Users sign up themselves; the pool outlives the stack, because there is no backup of it."""
        return self.add(
            cognito.UserPool(
                "UserPool",
                DeletionPolicy=RetainExceptOnCreate,
                UpdateReplacePolicy=Retain,
                UserPoolName=self.named("users"),
                UserPoolTier="ESSENTIALS",
                DeletionProtection=If(self.IsProtected, "ACTIVE", "INACTIVE"),
                UsernameAttributes=["email"],
                UsernameConfiguration=cognito.UsernameConfiguration(CaseSensitive=False),
                AutoVerifiedAttributes=["email"],
                AdminCreateUserConfig=cognito.AdminCreateUserConfig(AllowAdminCreateUserOnly=False),
                AccountRecoverySetting=cognito.AccountRecoverySetting(
                    RecoveryMechanisms=[cognito.RecoveryOption(Name="verified_email", Priority=1)]
                ),
                MfaConfiguration="OPTIONAL",
                EnabledMfas=["SOFTWARE_TOKEN_MFA"],
                Policies=cognito.Policies(
                    PasswordPolicy=cognito.PasswordPolicy(
                        MinimumLength=12,
                        RequireLowercase=True,
                        RequireNumbers=True,
                        RequireSymbols=True,
                        RequireUppercase=True,
                        TemporaryPasswordValidityDays=7,
                    )
                ),
                VerificationMessageTemplate=cognito.VerificationMessageTemplate(
                    DefaultEmailOption="CONFIRM_WITH_CODE",
                    EmailSubject="Plot Palette: confirm your address",
                    EmailMessage="Your code for Plot Palette is {####}. It is valid for 24 hours.",
                ),
                Schema=[
                    attribute("email", required=True, mutable=False),
                    attribute("name"),
                    attribute("user_role", longest=50),
                    attribute("organization", longest=100),
                ],
            )
        )

    def client(self, pool: cognito.UserPool) -> cognito.UserPoolClient:
        """The frontend, which keeps no secret. What it may write of a user does not hold the user's role."""
        return self.add(
            cognito.UserPoolClient(
                "UserPoolClient",
                UserPoolId=pool.ref(),
                ClientName="plot-palette-web-client",
                GenerateSecret=False,
                ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
                PreventUserExistenceErrors="ENABLED",
                EnableTokenRevocation=True,
                AccessTokenValidity=TOKEN_MINUTES,
                IdTokenValidity=TOKEN_MINUTES,
                RefreshTokenValidity=REFRESH_DAYS,
                TokenValidityUnits=cognito.TokenValidityUnits(
                    AccessToken="minutes", IdToken="minutes", RefreshToken="days"
                ),
                AllowedOAuthFlowsUserPoolClient=True,
                AllowedOAuthFlows=["code"],
                AllowedOAuthScopes=["email", "openid", "profile"],
                SupportedIdentityProviders=["COGNITO"],
                CallbackURLs=self.CallbackUrls,
                LogoutURLs=self.CallbackUrls,
                ReadAttributes=["email", "email_verified", "name", "custom:user_role", "custom:organization"],
                WriteAttributes=["email", "name", "custom:organization"],  # a required attribute must be among them
            )
        )


def attribute(
    name: str, *, required: bool = False, mutable: bool = True, longest: int | None = None
) -> cognito.SchemaAttribute:
    """A text that the pool keeps of a user; ``longest`` makes it one of our own, of at least one character."""
    bounds: dict[str, Any] = {}
    if longest is not None:
        bounds["StringAttributeConstraints"] = cognito.StringAttributeConstraints(MinLength="1", MaxLength=str(longest))
    return cognito.SchemaAttribute(Name=name, AttributeDataType="String", Required=required, Mutable=mutable, **bounds)
