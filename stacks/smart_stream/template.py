"""One environment of Smart Stream, whole: what is made, in the order in which a reader meets it."""

from __future__ import annotations

from typing import ClassVar

from troposphere import Equals, If, Not, Sub

from stackgen import Assertion, Exemption, Output, Rule

from .alarms import Alarms
from .api import GLOBALS
from .backup import Backup
from .delivery import FOR_AN_HOUR, NOT_KEPT, Delivery
from .listener import Listener
from .parameters import AlertParameters, CodeParameters, ListenerParameters, SwitchParameters
from .system import BoundedRoles, EnvironmentStack

Switches = SwitchParameters


class Template(Delivery, Listener, Alarms, Backup):
    """Smart Stream: API, pages, audio and listener of one environment - prod, dev or a pull request."""

    file = "template"
    transform = ("AWS::LanguageExtensions", "AWS::Serverless-2016-10-31")
    sections: ClassVar = {"Globals": GLOBALS}
    exemptions: ClassVar = {
        "W9162": Exemption(
            "the brief names four alarms of production and wants no more: two on errors, two on what stops",
            owner="smart-stream",
            expires="2027-11-30",
        )
    }
    parameter_groups: ClassVar = {
        "Environment": [EnvironmentStack.Environment, Switches.YotoClientId],
        "What it has": [Switches.EnableMQTT, Switches.EnableCloudFront],
        "Listener": [
            ListenerParameters.ImageUri, ListenerParameters.DesiredMqttCount, ListenerParameters.OnDemandTasks,
            ListenerParameters.NetworkStackName,
        ],
        "Code": [CodeParameters.CodeBucket, CodeParameters.CodeKey],
        "Who is told": [AlertParameters.AlarmEmail, AlertParameters.BudgetAmount],
        "Roles": [BoundedRoles.PermissionsBoundaryName],
    }  # fmt: skip

    ListenerNeedsImage = Rule(
        Assertion(Not(Equals(ListenerParameters.ImageUri, "")), "EnableMQTT needs ImageUri: what the listener runs"),
        when=Equals(Switches.EnableMQTT, "true"),
    )
    ProductionTellsSomebody = Rule(
        Assertion(
            Not(Equals(AlertParameters.AlarmEmail, "")), "prod needs AlarmEmail: whom its alarms and its budget tell"
        ),
        when=Equals(EnvironmentStack.Environment, "prod"),
    )

    ApiUrl = Output(export=True, description="Address of the API")
    DynamoDBTableName = Output(export=Sub("${AWS::StackName}-DynamoDBTable"), description="Name of the table")
    AudioBucketName = Output(export=Sub("${AWS::StackName}-AudioBucket"), description="Name of the bucket of audio")
    UIBucketName = Output(export=Sub("${AWS::StackName}-UIBucket"), description="Name of the bucket of pages")
    CloudFrontUrl = Output(
        export=True, description="Address of pages and API", condition=Switches.EnableCloudFrontCondition
    )
    UiUrl = Output(description="Where a browser begins: CloudFront, or the API where there is none")
    DistributionId = Output(
        description="Distribution to invalidate once pages are new", condition=Switches.EnableCloudFrontCondition
    )
    PagesCacheControl = Output(description="What pages say of how long they may be kept")
    DashboardName = Output(description="Name of the dashboard")
    ClusterName = Output(description="Name of the cluster", condition=Switches.EnableMQTTCondition)
    ServiceName = Output(description="Name of the listener's service", condition=Switches.EnableMQTTCondition)

    def build(self) -> None:
        """Data, API, pages, listener; then what is watched, and what is backed up."""
        table, audio, ui = self.add_table(), self.add_audio_bucket(), self.add_ui_bucket()
        api = self.add_api(self.add_log_group("ApiLogGroup", Sub("/aws/apigateway/yoto-api-${Environment}")))
        function_log = self.add_log_group("ApiFunctionLogGroup", Sub("/aws/lambda/yoto-api-${Environment}"))
        self.add_function(api, table, audio, ui, function_log)
        distribution = self.add_delivery(api, ui)
        listener = self.add_listener(table)
        dashboard = self.add_dashboard()
        self.add_counts(function_log, listener.log)
        self.add_alarms(listener.cluster)
        self.add_backup(table)

        api_url = Sub("https://${HttpApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}")
        ui_url = Sub("https://${CloudFrontDistribution.DomainName}")
        self.ApiUrl = api_url
        self.DynamoDBTableName, self.AudioBucketName, self.UIBucketName = table.ref(), audio.ref(), ui.ref()
        self.CloudFrontUrl = ui_url
        self.UiUrl = If(self.EnableCloudFrontCondition, ui_url, api_url)
        self.DistributionId = distribution.ref()
        self.PagesCacheControl = If(self.IsProduction, FOR_AN_HOUR, NOT_KEPT)
        self.DashboardName = dashboard.ref()
        self.ClusterName, self.ServiceName = listener.cluster.ref(), listener.service.get_att("Name")
