"""ECR, as far as images are copied: a double of AWS's, for the stand-in's knows no layers.

Repositories belong to an account and a region. The rules are those of the API reference: what an upload may be made
of, what a manifest may refer to, what an immutable tag refuses, how many things a call may name. Blobs are downloaded
from a server of its own, as from the storage behind ECR.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

from stackgen.local.cloud import Cloud
from stackgen.local.errors import ServiceError
from stackgen.local.wire import Call

IMAGE = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER_IMAGE = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
MIB = 1024 * 1024


def digest(content: bytes | str) -> str:
    raw = content.encode() if isinstance(content, str) else content
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


@dataclass
class Repository:
    immutable: bool = False
    scans: bool = False
    labels: dict[str, str] = field(default_factory=dict)
    manifests: dict[str, tuple[str, str]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    signing: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    referrers: dict[str, list[dict[str, str]]] = field(default_factory=dict)


class Registries:
    """The registries of all accounts and regions."""

    def __init__(self, cloud: Cloud) -> None:
        self.repositories: dict[tuple[str, str, str], Repository] = {}
        self.uploads: dict[str, tuple[Repository, list[bytes]]] = {}
        self.parts: list[int] = []
        self.most_uploads_at_once = 0
        self.asked: list[int] = []
        self.served: dict[str, bytes] = {}
        self.statuses: list[int] = []
        """What the storage answers next, instead of a blob."""
        self.cut: set[str] = set()
        """Blobs whose download breaks off halfway."""
        self.lost_parts = 0
        """So many parts arrive, and their senders do not hear of it."""
        self._lock = threading.Lock()
        self._url = ""
        operations = {
            "CreateRepository": self._create,
            "BatchGetImage": self._get,
            "PutImage": self._put,
            "BatchCheckLayerAvailability": self._check,
            "InitiateLayerUpload": self._begin,
            "UploadLayerPart": self._part,
            "CompleteLayerUpload": self._complete,
            "GetDownloadUrlForLayer": self._link,
            "DescribeImageSigningStatus": self._signing,
            "ListImageReferrers": self._referrers,
        }
        cloud.gateway.serve("ecr", {name: self._one_by_one(function) for name, function in operations.items()})

    @contextmanager
    def storage(self) -> Iterator[None]:
        """Serve blobs, while it is open."""
        registries = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = registries.served[self.path]
                status = registries.statuses.pop(0) if registries.statuses else 200
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                half = self.path.removeprefix("/") in registries.cut
                self.wfile.write(content[: len(content) // 2] if half else content)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            self._url = f"http://127.0.0.1:{server.server_port}"
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            yield
            server.shutdown()
            thread.join()

    def repository(self, account: str, region: str = "us-east-1", name: str = "shop/api", **more: Any) -> Repository:
        return self.repositories.setdefault((account, region, name), Repository(**more))

    def image(self, where: Repository, *layers: bytes, tag: str = "", media_type: str = IMAGE, **more: Any) -> str:
        """Push an image; its digest."""
        config = json.dumps({"layers": [digest(each) for each in layers], "type": media_type}).encode()
        where.blobs |= {digest(each): each for each in (config, *layers)}
        content = {
            "schemaVersion": 2,
            "mediaType": media_type,
            "config": {"mediaType": "application/json", "digest": digest(config), "size": len(config)},
            "layers": [{"mediaType": "tar", "digest": digest(each), "size": len(each)} for each in layers],
            **more,
        }
        return self._add(where, content, media_type, tag)

    def index(self, where: Repository, *images: str, tag: str = "", media_type: str = INDEX) -> str:
        """Push a list of images; its digest."""
        listed = [{"mediaType": where.manifests[each][1], "digest": each} for each in images]
        return self._add(where, {"schemaVersion": 2, "mediaType": media_type, "manifests": listed}, media_type, tag)

    @staticmethod
    def _add(where: Repository, content: dict[str, Any], media_type: str, tag: str) -> str:
        text = json.dumps(content)
        where.manifests[digest(text)] = (text, media_type)
        if tag:
            where.tags[tag] = digest(text)
        return digest(text)

    def _one_by_one(self, function: Any) -> Any:
        def operation(call: Call) -> Any:
            with self._lock:
                return function(call, call.parameters)

        return operation

    def _found(self, call: Call) -> Repository:
        name = call.parameters["repositoryName"]
        found = self.repositories.get((call.account, call.region, name))
        if found is None:
            message = f"The repository with name '{name}' does not exist in the registry with id '{call.account}'"
            raise ServiceError("RepositoryNotFoundException", message)
        return found

    def _create(self, call: Call, said: dict[str, Any]) -> dict[str, Any]:
        key = (call.account, call.region, said["repositoryName"])
        if key in self.repositories:
            raise ServiceError("RepositoryAlreadyExistsException", f"{key[2]} already exists")
        self.repositories[key] = Repository(
            immutable=said.get("imageTagMutability") == "IMMUTABLE",
            scans=said.get("imageScanningConfiguration", {}).get("scanOnPush", False),
            labels={each["Key"]: each["Value"] for each in said.get("tags", [])},
        )
        return {"repository": {"repositoryName": key[2], "registryId": call.account}}

    def _get(self, call: Call, said: dict[str, Any]) -> dict[str, Any]:
        where = self._found(call)
        if len(said["imageIds"]) > 100:
            raise ServiceError("InvalidParameterException", "more than 100 images")
        images, failures = [], []
        for asked in said["imageIds"]:
            known = asked.get("imageDigest") or where.tags.get(asked["imageTag"], "")
            if known in where.manifests:
                text, media_type = where.manifests[known]
                images.append(
                    {
                        "imageId": {**asked, "imageDigest": known},
                        "imageManifest": text,
                        "imageManifestMediaType": media_type,
                        "registryId": call.account,
                    }
                )
            else:
                failures.append(
                    {"imageId": asked, "failureCode": "ImageNotFound", "failureReason": "Requested image not found"}
                )
        return {"images": images, "failures": failures}

    def _put(self, call: Call, said: dict[str, Any]) -> dict[str, Any]:
        where, text = self._found(call), said["imageManifest"]
        content, own, tag = json.loads(text), digest(text), said.get("imageTag", "")
        if said.get("imageDigest", own) != own:
            raise ServiceError("ImageDigestDoesNotMatchException", "the digest does not match")
        for each in content.get("manifests", []):
            if each["digest"] not in where.manifests:
                raise ServiceError("ReferencedImagesNotFoundException", f"{each['digest']} is not there")
        layers = [each for each in content.get("layers", []) if "urls" not in each]
        for each in [content["config"], *layers] if "config" in content else []:
            if each["digest"] not in where.blobs:
                raise ServiceError("LayersNotFoundException", f"{each['digest']} is not there")
        if own in where.manifests and (not tag or where.tags.get(tag) == own):
            raise ServiceError("ImageAlreadyExistsException", f"image {own} already exists")
        if tag in where.tags and where.immutable:
            raise ServiceError("ImageTagAlreadyExistsException", f"tag {tag} is immutable")
        where.manifests[own] = (text, said.get("imageManifestMediaType", content.get("mediaType", "")))
        if tag:
            where.tags[tag] = own
        return {"image": {"imageId": {"imageDigest": own}}}

    def _check(self, call: Call, said: dict[str, Any]) -> dict[str, Any]:
        where = self._found(call)
        self.asked.append(len(said["layerDigests"]))
        if len(said["layerDigests"]) > 100:
            raise ServiceError("InvalidParameterException", "more than 100 layers")
        layers = [
            {"layerDigest": each, "layerAvailability": "AVAILABLE"}
            for each in said["layerDigests"]
            if each in where.blobs
        ]
        failures = [
            {"layerDigest": each, "failureCode": "MissingLayerDigest", "failureReason": "not found"}
            for each in said["layerDigests"]
            if each not in where.blobs
        ]
        return {"layers": layers, "failures": failures}

    def _begin(self, call: Call, _: dict[str, Any]) -> dict[str, Any]:
        name = str(uuid4())
        self.uploads[name] = (self._found(call), [])
        self.most_uploads_at_once = max(self.most_uploads_at_once, len(self.uploads))
        return {"uploadId": name, "partSize": 10 * MIB}

    def _part(self, call: Call, said: dict[str, Any]) -> dict[str, Any]:
        self._found(call)
        _, parts = self.uploads[said["uploadId"]]
        received, blob = sum(map(len, parts)), said["layerPartBlob"]
        if said["partFirstByte"] != received or said["partLastByte"] != received + len(blob) - 1:
            refused = ServiceError("InvalidLayerPartException", "the part does not follow the one before")
            refused.lastValidByteReceived = received - 1  # type: ignore[attr-defined]
            raise refused
        if len(blob) > 20 * MIB:
            raise ServiceError("InvalidParameterException", "a part is larger than 20 MiB")
        parts.append(blob)
        self.parts.append(len(blob))
        if self.lost_parts:
            self.lost_parts -= 1
            raise ServiceError("ServerException", "the answer is lost", 500)
        return {"lastByteReceived": said["partLastByte"]}

    def _complete(self, call: Call, said: dict[str, Any]) -> dict[str, Any]:
        self._found(call)
        if said["uploadId"] not in self.uploads:
            raise ServiceError("UploadNotFoundException", "no such upload")
        where, parts = self.uploads.pop(said["uploadId"])
        (claimed,) = said["layerDigests"]
        if not parts:
            raise ServiceError("EmptyUploadException", "nothing was uploaded")
        if any(len(each) < 5 * MIB for each in parts[:-1]):
            raise ServiceError("LayerPartTooSmallException", "a part is smaller than 5 MiB")
        if digest(b"".join(parts)) != claimed:
            raise ServiceError("InvalidLayerException", "the digest does not match")
        if claimed in where.blobs:
            raise ServiceError("LayerAlreadyExistsException", "the layer exists")
        where.blobs[claimed] = b"".join(parts)
        return {"layerDigest": claimed}

    def _link(self, call: Call, said: dict[str, Any]) -> dict[str, Any]:
        where, wanted = self._found(call), said["layerDigest"]
        if wanted not in where.blobs:
            raise ServiceError("LayersNotFoundException", f"{wanted} is not there")
        self.served[f"/{wanted}"] = where.blobs[wanted]
        return {"downloadUrl": f"{self._url}/{wanted}", "layerDigest": wanted}

    def _signing(self, call: Call, said: dict[str, Any]) -> dict[str, Any]:
        where, known = self._found(call), said["imageId"]["imageDigest"]
        if known not in where.manifests:
            raise ServiceError("ImageNotFoundException", f"{known} is not there")
        return {"signingStatuses": where.signing.get(known, [])}

    def _referrers(self, call: Call, said: dict[str, Any]) -> dict[str, Any]:
        where, known = self._found(call), said["subjectId"]["imageDigest"]
        kinds = said.get("filter", {}).get("artifactTypes", [])
        found = [each for each in where.referrers.get(known, []) if not kinds or each["artifactType"] in kinds]
        return {"referrers": found}
