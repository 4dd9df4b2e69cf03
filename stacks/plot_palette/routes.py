"""The routes of the API: which function answers each, and what it is given."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

CODE = Path(__file__).parent / "functions"

JOBS, QUEUE, TEMPLATES, COSTS, CHECKPOINTS = "Jobs", "Queue", "Templates", "CostTracking", "CheckpointMetadata"
"""Stems of the tables."""


class Route(NamedTuple):
    """One route and its function: ``module`` is its code in the template, ``group`` the folder of its real code."""

    key: str
    title: str
    description: str
    group: str = ""
    tables: tuple[str, ...] = ()
    bucket: bool = False
    compute: bool = False
    timeout: int = 30
    memory: int = 256
    module: str = "not_implemented"
    public: bool = False

    @property
    def stem(self) -> str:
        """What the function is called: CreateJob is create-job."""
        return "".join(f"-{each.lower()}" if each.isupper() else each for each in self.title).strip("-")

    @property
    def archive(self) -> str:
        """The file of its real code: jobs_create_job.zip."""
        return f"{self.group}_{self.stem}.zip".replace("-", "_")

    @property
    def source(self) -> str:
        """Its code in the template."""
        return (CODE / f"{self.module}.py").read_text("utf-8")


PROMISED = (
    Route("POST /jobs", "CreateJob", "Accepts a job", "jobs", (JOBS, QUEUE, TEMPLATES), bucket=True, compute=True),
    Route("GET /jobs", "ListJobs", "Lists the jobs of the caller", "jobs", (JOBS,)),
    Route("GET /jobs/{job_id}", "GetJob", "Tells how a job stands", "jobs", (JOBS,)),
    Route(
        "DELETE /jobs/{job_id}", "DeleteJob", "Stops a job and deletes what it made", "jobs",
        (JOBS, QUEUE, COSTS, CHECKPOINTS), bucket=True, compute=True, timeout=60, memory=512,
    ),
    Route("POST /templates", "CreateTemplate", "Keeps a prompt template", "templates", (TEMPLATES,)),
    Route("GET /templates", "ListTemplates", "Lists the templates of the caller", "templates", (TEMPLATES,)),
    Route("GET /templates/{template_id}", "GetTemplate", "Shows a template", "templates", (TEMPLATES,)),
    Route(
        "PUT /templates/{template_id}", "UpdateTemplate", "Keeps a new version of a template", "templates",
        (TEMPLATES,),
    ),
    Route("DELETE /templates/{template_id}", "DeleteTemplate", "Deletes a template", "templates", (TEMPLATES,)),
    Route(
        "POST /seed-data/upload", "GenerateUploadUrl", "Gives an address to upload seed data to", "seed-data",
        bucket=True,
    ),
    Route(
        "POST /seed-data/validate", "ValidateSeedData", "Checks uploaded seed data against a template", "seed-data",
        (TEMPLATES,), bucket=True, timeout=60, memory=512,
    ),
    Route("GET /dashboard/{job_id}", "GetStats", "Tells what a job has made and cost", "dashboard", (JOBS, COSTS)),
)  # fmt: skip
"""The twelve functions whose code is deployed apart; without it they answer 501."""

ANSWERED = (
    Route("GET /health", "Health", "Says that the API answers", module="health", memory=128, public=True),
    Route("GET /user", "GetUser", "Tells the caller who the API takes him for", module="user", memory=128),
)
"""What is answered for real, from the template."""

ROUTES = (*PROMISED, *ANSWERED)
