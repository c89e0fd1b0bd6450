"""Pairs of manifests, with what others made of the live object in between: what record_patches.py asks Helm about.

A case is (name, original, modified, live). `live` is a function of the object as Helm left it, or None where nobody touched it.
The hard ones are written by hand; the others are made at random from the types that src/kube knows, always the same ones.
"""
import copy, os, random

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../..")
TYPES = os.path.join(ROOT, "src/kube/data/types.txt")
KINDS = os.path.join(ROOT, "src/kube/data/kinds.txt")
# Fields are taken from those that Kubernetes 1.32 knows, as the client of the oldest Helm that is asked does.
COLUMN = 13


def obj(api, kind, **fields):
    return {"apiVersion": api, "kind": kind, "metadata": {}, **fields}


def cm(**data):
    return obj("v1", "ConfigMap", data=data)


def svc(ports=None, **spec):
    return obj("v1", "Service", spec={"selector": {"app": "a"}, "ports": ports or [{"port": 80, "targetPort": 8080}], **spec})


def deploy(containers=None, pod=None, **spec):
    containers = containers or [{"name": "a", "image": "a:1"}]
    template = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": containers, **(pod or {})}}
    return obj("apps/v1", "Deployment", spec={"selector": {"matchLabels": {"app": "a"}}, "template": template, **spec})


def env(*pairs):
    return deploy([{"name": "a", "image": "a:1", "env": [{"name": k, "value": v} for k, v in pairs]}])


def vols(*volumes):
    return deploy(pod={"volumes": list(volumes)})


def widget(**spec):
    return obj("example.com/v1", "Widget", spec=spec)


def meta(o, **metadata):
    return {**o, "metadata": metadata}


def put(path, value):
    """Somebody sets a field; a number in the path is an index, and one past the end appends."""
    def live(o):
        *way, last = path.split("/")
        at = o
        for step in way:
            at = at[int(step)] if isinstance(at, list) else at.setdefault(step, {})
        if isinstance(at, list):
            at[int(last) : int(last) + 1] = [] if value is None else [value]
        elif value is None:
            at.pop(last, None)
        else:
            at[last] = value
        return o
    return live


def all_of(*edits):
    def live(o):
        for edit in edits:
            o = edit(o)
        return o
    return live


POD = "spec/template/spec/"
C0 = POD + "containers/0/"

HARD = [
    ("nothing changes", cm(a="1"), cm(a="1"), None),
    ("nothing changes, somebody added", cm(a="1"), cm(a="1"), put("data/b", "2")),
    ("nothing changes, somebody changed", cm(a="1"), cm(a="1"), put("data/a", "2")),
    ("nothing changes, somebody removed", cm(a="1"), cm(a="1"), put("data/a", None)),
    ("a key changes", cm(a="1", b="1"), cm(a="2", b="1"), None),
    ("a key leaves", cm(a="1", b="1"), cm(a="1"), None),
    ("a key leaves that is gone", cm(a="1", b="1"), cm(a="1"), put("data/b", None)),
    ("a key leaves that somebody changed", cm(a="1", b="1"), cm(a="1"), put("data/b", "9")),
    ("a key comes", cm(a="1"), cm(a="1", b="2"), None),
    ("a key comes that is there", cm(a="1"), cm(a="1", b="2"), put("data/b", "2")),
    ("a key comes that is there with another value", cm(a="1"), cm(a="1", b="2"), put("data/b", "3")),
    ("the data leaves", cm(a="1"), obj("v1", "ConfigMap"), None),
    ("the data is null", cm(a="1"), obj("v1", "ConfigMap", data=None), None),
    ("the data was null", obj("v1", "ConfigMap", data=None), cm(a="1"), None),
    ("null stays null", obj("v1", "ConfigMap", data=None), obj("v1", "ConfigMap", data=None), None),
    ("a null key", cm(a="1", b=None), cm(a="1", b=None), None),
    ("a key becomes null", cm(a="1", b="1"), cm(a="1", b=None), None),
    ("a null key leaves", cm(a="1", b=None), cm(a="1"), None),
    ("a number as data", cm(a="1", n=1), cm(a="2", n=1), put("data/n", "5")),
    ("a number becomes text", cm(a="1", n=1), cm(a="1", n="1"), None),
    ("text becomes a number", cm(a="1", n="1"), cm(a="1", n=1), None),
    ("a bool as data", cm(a="1", n=True), cm(a="2", n=True), None),
    ("binaryData that is no base64", obj("v1", "ConfigMap", binaryData={"a": "%%"}), obj("v1", "ConfigMap", binaryData={"a": "%%", "b": "YQ=="}), None),
    ("binaryData", obj("v1", "ConfigMap", binaryData={"a": "YQ=="}), obj("v1", "ConfigMap", binaryData={"a": "Yg=="}), None),
    ("a Secret's data", obj("v1", "Secret", data={"a": "YQ=="}), obj("v1", "Secret", data={"a": "Yg=="}), None),
    ("a Secret's data that is no base64", obj("v1", "Secret", data={"a": "no base64"}), obj("v1", "Secret", data={"a": "still not"}), None),
    ("a Secret's data without padding", obj("v1", "Secret", data={"a": "YQ"}), obj("v1", "Secret", data={"a": "Yg"}), None),
    ("stringData changes", obj("v1", "Secret", stringData={"a": "1"}), obj("v1", "Secret", stringData={"a": "2"}), lambda o: {k: v for k, v in {**o, "data": {"a": "MQ=="}}.items() if k != "stringData"}),
    ("stringData stays", obj("v1", "Secret", stringData={"a": "1"}), obj("v1", "Secret", stringData={"a": "1"}), lambda o: {k: v for k, v in {**o, "data": {"a": "MQ=="}}.items() if k != "stringData"}),
    ("stringData becomes data", obj("v1", "Secret", stringData={"a": "1"}), obj("v1", "Secret", data={"a": "MQ=="}), lambda o: {k: v for k, v in {**o, "data": {"a": "MQ=="}}.items() if k != "stringData"}),
    ("data with line breaks", obj("v1", "Secret", data={"a": "YWJj\nZGVm\n"}), obj("v1", "Secret", data={"a": "YWJj\nZGVn\n"}), None),
    ("labels change", meta(cm(a="1"), labels={"a": "1", "b": "1"}), meta(cm(a="1"), labels={"a": "2"}), None),
    ("labels leave", meta(cm(a="1"), labels={"a": "1", "b": "1"}), cm(a="1"), None),
    ("labels of somebody else stay", meta(cm(a="1"), labels={"a": "1"}), meta(cm(a="1"), labels={"a": "1"}), put("metadata/labels/x", "y")),
    ("annotations come", cm(a="1"), meta(cm(a="1"), annotations={"a": "1"}), put("metadata/annotations/x", "y")),
    ("an annotation null", meta(cm(a="1"), annotations={"a": None}), meta(cm(a="1"), annotations={"a": None, "b": "1"}), None),
    ("somebody took Helm's label away", cm(a="1"), cm(a="1"), put("metadata/labels", None)),
    ("creationTimestamp null", meta(cm(a="1"), creationTimestamp=None), meta(cm(a="2"), creationTimestamp=None), put("metadata/creationTimestamp", "2026-01-01T00:00:00Z")),
    ("finalizers stay", meta(cm(a="1"), finalizers=["b/b", "a/a"]), meta(cm(a="1"), finalizers=["b/b", "a/a"]), None),
    ("finalizers in order stay", meta(cm(a="1"), finalizers=["a/a", "b/b"]), meta(cm(a="1"), finalizers=["a/a", "b/b"]), None),
    ("finalizers in order, live ones not", meta(cm(a="1"), finalizers=["a/a", "b/b"]), meta(cm(a="1"), finalizers=["a/a", "b/b"]), put("metadata/finalizers", ["b/b", "a/a"])),
    ("a finalizer comes", meta(cm(a="1"), finalizers=["a/a"]), meta(cm(a="1"), finalizers=["a/a", "b/b"]), None),
    ("a finalizer leaves", meta(cm(a="1"), finalizers=["a/a", "b/b", "c/c"]), meta(cm(a="1"), finalizers=["c/c", "a/a"]), None),
    ("finalizers leave and come", meta(cm(a="1"), finalizers=["a/a", "b/b"]), meta(cm(a="1"), finalizers=["c/c", "b/b"]), put("metadata/finalizers", ["a/a", "z/z", "b/b"])),
    ("all finalizers leave", meta(cm(a="1"), finalizers=["a/a", "b/b"]), cm(a="1"), None),
    ("all finalizers leave, an empty list", meta(cm(a="1"), finalizers=["a/a", "b/b"]), meta(cm(a="1"), finalizers=[]), None),
    ("somebody's finalizer stays", cm(a="1"), cm(a="2"), put("metadata/finalizers", ["x/x"])),
    ("the same finalizer twice", meta(cm(a="1"), finalizers=["a/a", "a/a", "b/b", "b/b"]), meta(cm(a="1"), finalizers=["c/c"]), None),
    ("owner references", meta(cm(a="1"), ownerReferences=[{"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "1"}]), meta(cm(a="1"), ownerReferences=[{"apiVersion": "v1", "kind": "Pod", "name": "q", "uid": "1"}, {"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "2"}]), None),
    # Lists merged by a key.
    ("env: value", env(("A", "1"), ("B", "1")), env(("A", "2"), ("B", "1")), None),
    ("env: one more in front", env(("A", "1"), ("B", "1")), env(("C", "1"), ("A", "1"), ("B", "1")), None),
    ("env: one more at the end", env(("A", "1"), ("B", "1")), env(("A", "1"), ("B", "1"), ("C", "1")), None),
    ("env: one less", env(("A", "1"), ("B", "1"), ("C", "1")), env(("A", "1"), ("C", "1")), None),
    ("env: reordered", env(("A", "1"), ("B", "1"), ("C", "1")), env(("C", "1"), ("A", "1"), ("B", "1")), None),
    ("env: reordered, one less, one more, one changed", env(("A", "1"), ("B", "1"), ("C", "1"), ("D", "1")), env(("D", "1"), ("E", "1"), ("A", "2"), ("C", "1")), None),
    ("env: somebody's entry in the middle", env(("A", "1"), ("B", "1")), env(("A", "1"), ("B", "2")), all_of(put(C0 + "env/1", {"name": "X", "value": "x"}), put(C0 + "env/2", {"name": "B", "value": "1"}))),
    ("env: somebody's entry, nothing changes", env(("A", "1"), ("B", "1")), env(("A", "1"), ("B", "1")), put(C0 + "env/2", {"name": "X", "value": "x"})),
    ("env: somebody reordered", env(("A", "1"), ("B", "1")), env(("A", "1"), ("B", "1")), put(C0 + "env", [{"name": "B", "value": "1"}, {"name": "A", "value": "1"}])),
    ("env: somebody emptied it", env(("A", "1"), ("B", "1")), env(("A", "1"), ("B", "1")), put(C0 + "env", None)),
    ("env: all leave", env(("A", "1"), ("B", "1")), deploy(), None),
    ("env: all leave, an empty list", env(("A", "1"), ("B", "1")), env(), None),
    ("env: all leave but somebody's", env(("A", "1")), env(), put(C0 + "env/1", {"name": "X", "value": "x"})),
    ("env: the first one", deploy(), env(("A", "1")), None),
    ("env: null", env(("A", "1")), deploy([{"name": "a", "image": "a:1", "env": None}]), None),
    ("env: the same name twice", env(("A", "1"), ("A", "2")), env(("A", "1"), ("A", "3")), None),
    ("env: the same name twice, then once", env(("A", "1"), ("A", "2"), ("B", "1")), env(("A", "2"), ("B", "1")), None),
    ("env: once, then twice", env(("A", "1"), ("B", "1")), env(("A", "1"), ("A", "2"), ("B", "1")), None),
    ("env: twice, unchanged", env(("A", "1"), ("B", "1"), ("A", "2")), env(("A", "1"), ("B", "1"), ("A", "2")), None),
    ("env: no name", deploy([{"name": "a", "image": "a:1", "env": [{"value": "1"}]}]), deploy([{"name": "a", "image": "a:1", "env": [{"value": "2"}]}]), None),
    ("env: no name any more", env(("A", "1")), deploy([{"name": "a", "image": "a:1", "env": [{"name": "A", "value": "1"}, {}]}]), None),
    ("env: had no name", deploy([{"name": "a", "image": "a:1", "env": [{"value": "1"}]}]), env(("A", "1")), put(C0 + "env", None)),
    ("env: a number as value", deploy([{"name": "a", "image": "a:1", "env": [{"name": "A", "value": 1}]}]), deploy([{"name": "a", "image": "a:1", "env": [{"name": "A", "value": 2}]}]), None),
    ("env: a value becomes a reference", env(("A", "1")), deploy([{"name": "a", "image": "a:1", "env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]}]), None),
    ("env: a reference becomes a value", deploy([{"name": "a", "image": "a:1", "env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]}]), env(("A", "1")), None),
    ("env: another source", deploy([{"name": "a", "image": "a:1", "env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]}]), deploy([{"name": "a", "image": "a:1", "env": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}]}]), None),
    ("env: an empty value", env(("A", "")), env(("A", ""), ("B", "")), lambda o: (o["spec"]["template"]["spec"]["containers"][0]["env"][0].pop("value"), o)[1]),
    ("env: sorted as text", env(*[(f"V{i}", "1") for i in (2, 10, 1, 30, 3)]), env(*[(f"V{i}", str(i)) for i in (10, 3, 2, 1, 20)]), None),
    ("env: many", env(*[(f"V{i}", "1") for i in range(30)]), env(*[(f"V{i}", "1" if i % 3 else "2") for i in range(29, 0, -1)]), None),
    ("containers: one more", deploy(), deploy([{"name": "b", "image": "b"}, {"name": "a", "image": "a:1"}]), None),
    ("containers: one less", deploy([{"name": "b", "image": "b"}, {"name": "a", "image": "a:1"}]), deploy(), None),
    ("containers: renamed", deploy(), deploy([{"name": "z", "image": "a:1"}]), None),
    ("containers: somebody's sidecar", deploy(), deploy([{"name": "a", "image": "a:2"}]), put(POD + "containers/1", {"name": "istio", "image": "i"})),
    ("containers: somebody's sidecar first", deploy(), deploy([{"name": "a", "image": "a:2"}]), put(POD + "containers", [{"name": "istio", "image": "i"}, {"name": "a", "image": "a:1"}])),
    ("containers: the sidecar is taken over", deploy(), deploy([{"name": "a", "image": "a:1"}, {"name": "istio", "image": "j"}]), put(POD + "containers/1", {"name": "istio", "image": "i", "args": ["x"]})),
    ("containers: no name", deploy([{"image": "a:1"}]), deploy([{"image": "a:2"}]), None),
    ("initContainers leave", deploy(pod={"initContainers": [{"name": "i", "image": "i"}]}), deploy(), None),
    ("args are replaced", deploy([{"name": "a", "image": "a", "args": ["1", "2"]}]), deploy([{"name": "a", "image": "a", "args": ["2", "1"]}]), None),
    ("args leave", deploy([{"name": "a", "image": "a", "args": ["1", "2"]}]), deploy([{"name": "a", "image": "a"}]), put(C0 + "args", ["9"])),
    ("args: an empty list", deploy([{"name": "a", "image": "a", "args": []}]), deploy([{"name": "a", "image": "a", "args": []}]), put(C0 + "args", None)),
    ("envFrom is replaced", deploy([{"name": "a", "image": "a", "envFrom": [{"secretRef": {"name": "s"}}]}]), deploy([{"name": "a", "image": "a", "envFrom": [{"secretRef": {"name": "s"}}, {"secretRef": {"name": "t"}}]}]), None),
    ("resources", deploy([{"name": "a", "image": "a", "resources": {"limits": {"cpu": "1"}}}]), deploy([{"name": "a", "image": "a", "resources": {"requests": {"cpu": 1, "memory": "1Gi"}}}]), None),
    ("resources: another spelling", deploy([{"name": "a", "image": "a", "resources": {"limits": {"cpu": "1000m"}}}]), deploy([{"name": "a", "image": "a", "resources": {"limits": {"cpu": "1000m"}}}]), put(C0 + "resources/limits/cpu", "1")),
    ("resources: a fraction", deploy([{"name": "a", "image": "a", "resources": {"limits": {"cpu": 0.5}}}]), deploy([{"name": "a", "image": "a", "resources": {"limits": {"cpu": 0.25}}}]), put(C0 + "resources/limits/cpu", "500m")),
    ("resources null", deploy([{"name": "a", "image": "a", "resources": None}]), deploy([{"name": "a", "image": "b", "resources": None}]), put(C0 + "resources", {})),
    ("resources empty", deploy([{"name": "a", "image": "a", "resources": {}}]), deploy([{"name": "a", "image": "b", "resources": {}}]), None),
    ("an empty map leaves", deploy([{"name": "a", "image": "a", "securityContext": {}}]), deploy([{"name": "a", "image": "a"}]), None),
    ("a probe changes its kind", deploy([{"name": "a", "image": "a", "livenessProbe": {"httpGet": {"path": "/", "port": 80}}}]), deploy([{"name": "a", "image": "a", "livenessProbe": {"tcpSocket": {"port": "http"}}}]), put(C0 + "livenessProbe/periodSeconds", 10)),
    ("container ports", deploy([{"name": "a", "image": "a", "ports": [{"containerPort": 80}, {"containerPort": 443}]}]), deploy([{"name": "a", "image": "a", "ports": [{"containerPort": 443}, {"containerPort": 8080, "name": "x"}]}]), None),
    ("container ports with two protocols", deploy([{"name": "a", "image": "a", "ports": [{"containerPort": 53, "protocol": "TCP"}, {"containerPort": 53, "protocol": "UDP"}]}]), deploy([{"name": "a", "image": "a", "ports": [{"containerPort": 53, "protocol": "UDP", "name": "dns"}, {"containerPort": 53, "protocol": "TCP"}]}]), None),
    ("volumeMounts", deploy([{"name": "a", "image": "a", "volumeMounts": [{"name": "v", "mountPath": "/a"}, {"name": "v", "mountPath": "/b"}]}]), deploy([{"name": "a", "image": "a", "volumeMounts": [{"name": "w", "mountPath": "/a"}, {"name": "v", "mountPath": "/c"}]}]), None),
    ("volumes: another source", vols({"name": "v", "emptyDir": {}}), vols({"name": "v", "configMap": {"name": "c"}}), None),
    ("volumes: the same source, filled in", vols({"name": "v", "configMap": {"name": "c"}}), vols({"name": "v", "configMap": {"name": "c"}}), put(POD + "volumes/0/configMap/defaultMode", 420)),
    ("volumes: another ConfigMap", vols({"name": "v", "configMap": {"name": "c"}}), vols({"name": "v", "configMap": {"name": "d"}}), put(POD + "volumes/0/configMap/defaultMode", 420)),
    ("volumes: somebody added a source", vols({"name": "v", "emptyDir": {}}), vols({"name": "v", "emptyDir": {}}), put(POD + "volumes/0/secret", {"secretName": "s"})),
    ("volumes: one more, one less", vols({"name": "v", "emptyDir": {}}, {"name": "w", "emptyDir": {}}), vols({"name": "x", "emptyDir": {}}, {"name": "w", "emptyDir": {"medium": "Memory"}}), None),
    ("volumes: reordered", vols({"name": "v", "emptyDir": {}}, {"name": "w", "emptyDir": {}}), vols({"name": "w", "emptyDir": {}}, {"name": "v", "emptyDir": {}}), None),
    ("volumes: items", vols({"name": "v", "configMap": {"name": "c", "items": [{"key": "a", "path": "a"}]}}), vols({"name": "v", "configMap": {"name": "c", "items": [{"key": "b", "path": "a"}]}}), None),
    ("strategy: type only", deploy(strategy={"type": "RollingUpdate"}), deploy(strategy={"type": "RollingUpdate"}), put("spec/strategy/rollingUpdate", {"maxSurge": "25%", "maxUnavailable": "25%"})),
    ("strategy: to Recreate", deploy(strategy={"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}), deploy(strategy={"type": "Recreate"}), None),
    ("strategy: from Recreate", deploy(strategy={"type": "Recreate"}), deploy(strategy={"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "10%"}}), None),
    ("strategy leaves", deploy(strategy={"type": "Recreate"}), deploy(), None),
    ("strategy comes", deploy(), deploy(strategy={"type": "Recreate"}), put("spec/strategy", {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%"}})),
    ("strategy: rollingUpdate null", deploy(strategy={"type": "Recreate", "rollingUpdate": None}), deploy(strategy={"type": "Recreate", "rollingUpdate": None}), None),
    ("strategy: empty", deploy(strategy={}), deploy(strategy={}), put("spec/strategy", {"type": "RollingUpdate"})),
    ("replicas leave", deploy(replicas=2), deploy(), put("spec/replicas", 5)),
    ("replicas, somebody scaled", deploy(replicas=2), deploy(replicas=2), put("spec/replicas", 5)),
    ("replicas as text", deploy(replicas="2"), deploy(replicas="3"), put("spec/replicas", 2)),
    ("replicas as a float", deploy(replicas=2.5), deploy(replicas=3.5), put("spec/replicas", 2)),
    ("a field that no type has", deploy(bogus="1"), deploy(bogus="2"), put("spec/bogus", None)),
    ("a map that no type has", deploy(bogus={"a": 1}), deploy(bogus={"a": 2}), put("spec/bogus", None)),
    ("a map that no type has, unchanged", deploy(bogus={"a": 1}), deploy(bogus={"a": 1}, replicas=3), put("spec/bogus", None)),
    ("a list that no type has", deploy(bogus=[1]), deploy(bogus=[2]), put("spec/bogus", None)),
    ("a map that no type has leaves", deploy(bogus={"a": 1}), deploy(), put("spec/bogus", None)),
    ("a field in another case", deploy(Replicas=2), deploy(Replicas=3), put("spec/Replicas", None)),
    ("a map in another case", obj("v1", "ConfigMap", Data={"a": "1"}), obj("v1", "ConfigMap", Data={"a": "2"}), put("Data", None)),
    ("selector", deploy(), {**deploy(), "spec": {**deploy()["spec"], "selector": {"matchLabels": {"app": "b"}}}}, None),
    ("matchExpressions", obj("policy/v1", "PodDisruptionBudget", spec={"selector": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}}), obj("policy/v1", "PodDisruptionBudget", spec={"selector": {"matchExpressions": [{"key": "b", "operator": "Exists"}]}}), None),
    ("minAvailable", obj("policy/v1", "PodDisruptionBudget", spec={"minAvailable": 1}), obj("policy/v1", "PodDisruptionBudget", spec={"minAvailable": "50%"}), None),
    ("minAvailable becomes maxUnavailable", obj("policy/v1", "PodDisruptionBudget", spec={"minAvailable": 1}), obj("policy/v1", "PodDisruptionBudget", spec={"maxUnavailable": 1}), None),
    ("tolerations are replaced", deploy(pod={"tolerations": [{"key": "a"}]}), deploy(pod={"tolerations": [{"key": "b"}]}), put(POD + "tolerations/1", {"key": "x"})),
    ("imagePullSecrets", deploy(pod={"imagePullSecrets": [{"name": "a"}]}), deploy(pod={"imagePullSecrets": [{"name": "b"}]}), None),
    ("imagePullSecrets without names", deploy(pod={"imagePullSecrets": [{}]}), deploy(pod={"imagePullSecrets": [{}]}), None),
    ("hostAliases", deploy(pod={"hostAliases": [{"ip": "1.1.1.1", "hostnames": ["a"]}]}), deploy(pod={"hostAliases": [{"ip": "1.1.1.1", "hostnames": ["b"]}]}), None),
    ("topologySpreadConstraints", deploy(pod={"topologySpreadConstraints": [{"topologyKey": "a", "maxSkew": 1}]}), deploy(pod={"topologySpreadConstraints": [{"topologyKey": "a", "maxSkew": 2}, {"topologyKey": "b", "maxSkew": 1}]}), None),
    ("nodeSelector", deploy(pod={"nodeSelector": {"a": "1", "b": "1"}}), deploy(pod={"nodeSelector": {"b": "2"}}), None),
    ("a pod annotation", deploy(), (lambda d: (d["spec"]["template"]["metadata"].update(annotations={"checksum": "1"}), d)[1])(deploy()), None),
    ("kubectl restarted it", deploy(), deploy([{"name": "a", "image": "a:2"}]), put("spec/template/metadata/annotations", {"kubectl.kubernetes.io/restartedAt": "2026-01-01"})),
    # Services.
    ("a lookup filled a Service in", svc(clusterIP="10.96.1.1", clusterIPs=["10.96.1.1"], ipFamilies=["IPv4"], ipFamilyPolicy="SingleStack", type="ClusterIP"), svc(), None),
    ("a lookup fills a Service in", svc(), svc(clusterIP="10.96.1.1", clusterIPs=["10.96.1.1"], type="ClusterIP"), all_of(put("spec/clusterIP", "10.96.1.1"), put("spec/clusterIPs", ["10.96.1.1"]), put("spec/type", "ClusterIP"))),
    ("ports: another target", svc([{"port": 80, "targetPort": 1}]), svc([{"port": 80, "targetPort": "http"}]), put("spec/ports/0/protocol", "TCP")),
    ("ports: another port", svc([{"name": "a", "port": 80}]), svc([{"name": "a", "port": 81}]), put("spec/ports/0/nodePort", 30001)),
    ("ports: one more", svc([{"name": "a", "port": 8080}]), svc([{"name": "b", "port": 90}, {"name": "a", "port": 8080}]), None),
    ("ports: TCP and UDP", svc([{"name": "t", "port": 53, "protocol": "TCP"}, {"name": "u", "port": 53, "protocol": "UDP"}]), svc([{"name": "t", "port": 53, "protocol": "TCP", "targetPort": 1}, {"name": "u", "port": 53, "protocol": "UDP", "targetPort": 2}]), None),
    ("ports: TCP and UDP, unchanged", svc([{"name": "t", "port": 53, "protocol": "TCP"}, {"name": "u", "port": 53, "protocol": "UDP"}]), svc([{"name": "t", "port": 53, "protocol": "TCP"}, {"name": "u", "port": 53, "protocol": "UDP"}]), None),
    ("ports: UDP leaves", svc([{"name": "t", "port": 53, "protocol": "TCP"}, {"name": "u", "port": 53, "protocol": "UDP"}]), svc([{"name": "t", "port": 53, "protocol": "TCP"}]), None),
    ("ports: UDP comes", svc([{"name": "t", "port": 53, "protocol": "TCP"}]), svc([{"name": "t", "port": 53, "protocol": "TCP"}, {"name": "u", "port": 53, "protocol": "UDP"}]), None),
    ("ports: swapped", svc([{"name": "t", "port": 53, "protocol": "TCP"}, {"name": "u", "port": 53, "protocol": "UDP"}]), svc([{"name": "u", "port": 53, "protocol": "UDP"}, {"name": "t", "port": 53, "protocol": "TCP"}]), None),
    ("ports: three of one number", svc([{"name": "a", "port": 53}, {"name": "b", "port": 53, "protocol": "UDP"}, {"name": "c", "port": 53, "protocol": "SCTP"}, {"name": "d", "port": 80}]), svc([{"name": "c", "port": 53, "protocol": "SCTP"}, {"name": "d", "port": 80, "appProtocol": "http"}]), None),
    ("ports: a port as text", svc([{"port": "80"}]), svc([{"port": "81"}]), put("spec/ports/0/port", 80)),
    ("type: to NodePort", svc(), svc(type="NodePort"), None),
    ("loadBalancerSourceRanges", svc(loadBalancerSourceRanges=["10.0.0.0/8"]), svc(loadBalancerSourceRanges=["10.0.0.0/8", "11.0.0.0/8"]), None),
    ("externalIPs", svc(externalIPs=["1.1.1.1", "2.2.2.2"]), svc(externalIPs=["2.2.2.2"]), None),
    ("a selector's key", svc(), svc(selector={"app": "b"}), put("spec/selector/x", "y")),
    # Other kinds.
    ("a claim", obj("v1", "PersistentVolumeClaim", spec={"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}), obj("v1", "PersistentVolumeClaim", spec={"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "2Gi"}}}), put("spec/volumeName", "pv-1")),
    ("a claim's volume leaves", obj("v1", "PersistentVolumeClaim", spec={"volumeName": "v"}), obj("v1", "PersistentVolumeClaim", spec={}), None),
    ("volumeClaimTemplates", obj("apps/v1", "StatefulSet", spec={"serviceName": "s", "volumeClaimTemplates": [{"metadata": {"name": "d"}, "spec": {"resources": {"requests": {"storage": "1Gi"}}}}]}), obj("apps/v1", "StatefulSet", spec={"serviceName": "s", "volumeClaimTemplates": [{"metadata": {"name": "d"}, "spec": {"resources": {"requests": {"storage": "2Gi"}}}}]}), None),
    ("rules are replaced", obj("rbac.authorization.k8s.io/v1", "ClusterRole", rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]), obj("rbac.authorization.k8s.io/v1", "ClusterRole", rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}]), None),
    ("roleRef", obj("rbac.authorization.k8s.io/v1", "RoleBinding", roleRef={"kind": "Role", "name": "a"}, subjects=[{"kind": "User", "name": "u"}]), obj("rbac.authorization.k8s.io/v1", "RoleBinding", roleRef={"kind": "Role", "name": "b"}, subjects=[{"kind": "User", "name": "v"}]), None),
    ("a ServiceAccount's secrets", obj("v1", "ServiceAccount", secrets=[{"name": "a"}]), obj("v1", "ServiceAccount", secrets=[{"name": "b"}], automountServiceAccountToken=False), put("secrets/1", {"name": "token"})),
    ("a ServiceAccount, a controller's secrets", obj("v1", "ServiceAccount", imagePullSecrets=[{"name": "a"}]), obj("v1", "ServiceAccount"), put("secrets", [{"name": "token"}])),
    ("webhooks", obj("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", webhooks=[{"name": "a", "clientConfig": {"caBundle": "YQ=="}}]), obj("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", webhooks=[{"name": "a", "clientConfig": {"caBundle": "Yg=="}}, {"name": "b"}]), None),
    ("webhooks: a controller's certificate", obj("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", webhooks=[{"name": "a", "clientConfig": {"service": {"name": "s"}}}]), obj("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", webhooks=[{"name": "a", "clientConfig": {"service": {"name": "t"}}}]), put("webhooks/0/clientConfig/caBundle", "YQ==")),
    ("webhooks: a caBundle that is no base64", obj("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", webhooks=[{"name": "a", "clientConfig": {"caBundle": "Cg=x"}}]), obj("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", webhooks=[{"name": "a", "clientConfig": {"caBundle": "Cg=y"}}]), None),
    ("a definition's versions", obj("apiextensions.k8s.io/v1", "CustomResourceDefinition", spec={"group": "g", "versions": [{"name": "v1", "served": True, "schema": {"openAPIV3Schema": {"type": "object", "properties": {"a": {"type": "string"}}}}}]}), obj("apiextensions.k8s.io/v1", "CustomResourceDefinition", spec={"group": "g", "versions": [{"name": "v1", "served": True, "schema": {"openAPIV3Schema": {"type": "object", "properties": {"a": {"type": "integer", "default": 1}}}}}]}), put("spec/conversion", {"strategy": "None"})),
    ("an old definition", obj("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", spec={"group": "g", "version": "v1"}), obj("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", spec={"group": "g"}), put("spec/scope", "Namespaced")),
    ("an APIService", obj("apiregistration.k8s.io/v1", "APIService", spec={"group": "g", "insecureSkipTLSVerify": True}), obj("apiregistration.k8s.io/v1", "APIService", spec={"group": "g", "caBundle": "YQ=="}), put("spec/version", "v1")),
    ("an HPA's metrics", obj("autoscaling/v2", "HorizontalPodAutoscaler", spec={"maxReplicas": 3, "metrics": [{"type": "Resource", "resource": {"name": "cpu"}}]}), obj("autoscaling/v2", "HorizontalPodAutoscaler", spec={"maxReplicas": 4, "metrics": [{"type": "Resource", "resource": {"name": "memory"}}]}), None),
    ("an old HPA", obj("autoscaling/v2beta2", "HorizontalPodAutoscaler", spec={"maxReplicas": 3}), obj("autoscaling/v2beta2", "HorizontalPodAutoscaler", spec={"maxReplicas": 4}), None),
    ("an Ingress", obj("networking.k8s.io/v1", "Ingress", spec={"rules": [{"host": "a"}], "tls": [{"hosts": ["a"]}]}), obj("networking.k8s.io/v1", "Ingress", spec={"rules": [{"host": "b"}], "ingressClassName": "x"}), None),
    ("an old Ingress", obj("extensions/v1beta1", "Ingress", spec={"rules": [{"host": "a"}]}), obj("extensions/v1beta1", "Ingress", spec={"rules": [{"host": "b"}]}), put("status", {"loadBalancer": {}})),
    ("a PodSecurityPolicy", obj("policy/v1beta1", "PodSecurityPolicy", spec={"privileged": True, "volumes": ["a"]}), obj("policy/v1beta1", "PodSecurityPolicy", spec={"volumes": ["a", "b"]}), put("spec/allowPrivilegeEscalation", True)),
    ("an old CronJob", obj("batch/v1beta1", "CronJob", spec={"schedule": "a"}), obj("batch/v1beta1", "CronJob", spec={"schedule": "b"}), put("spec/suspend", False)),
    ("a Job", obj("batch/v1", "Job", spec={"template": {"spec": {"containers": [{"name": "a", "image": "a"}], "restartPolicy": "Never"}}}), obj("batch/v1", "Job", spec={"template": {"spec": {"containers": [{"name": "a", "image": "b"}], "restartPolicy": "Never"}}}), put("spec/selector", {"matchLabels": {"controller-uid": "1"}})),
    ("a StorageClass", obj("storage.k8s.io/v1", "StorageClass", provisioner="p", parameters={"a": "1"}), obj("storage.k8s.io/v1", "StorageClass", provisioner="p", parameters={"b": "1"}), None),
    ("a PriorityClass", obj("scheduling.k8s.io/v1", "PriorityClass", value=1), obj("scheduling.k8s.io/v1", "PriorityClass", value=2), None),
    ("a NetworkPolicy", obj("networking.k8s.io/v1", "NetworkPolicy", spec={"podSelector": {}, "ingress": [{"ports": [{"port": 80}]}]}), obj("networking.k8s.io/v1", "NetworkPolicy", spec={"podSelector": {}, "ingress": [{"ports": [{"port": "http"}]}], "policyTypes": ["Ingress"]}), None),
    ("a Namespace", obj("v1", "Namespace"), meta(obj("v1", "Namespace"), labels={"a": "b"}), put("spec/finalizers", ["kubernetes"])),
    # Custom resources.
    ("custom: nothing changes", widget(a=1), widget(a=1), None),
    ("custom: nothing changes, somebody changed", widget(a=1), widget(a=1), put("spec/a", 2)),
    ("custom: a field", widget(a=1, b={"c": 1, "d": 2}), widget(a=2, b={"c": 1, "d": 3}), put("spec/b/c", 9)),
    ("custom: a field leaves", widget(a=1, b={"c": 1, "d": 2}), widget(b={"c": 1}), None),
    ("custom: a map leaves", widget(a=1, b={"c": 1, "d": 2}), widget(a=1), None),
    ("custom: lists are replaced", widget(l=[{"name": "a", "v": 1}, {"name": "b", "v": 1}]), widget(l=[{"name": "a", "v": 2}, {"name": "b", "v": 1}]), put("spec/l/2", {"name": "x"})),
    ("custom: null", widget(a=None, b=1), widget(a=None, b=2), None),
    ("custom: becomes null", widget(a=1, b=1), widget(a=None, b=1), None),
    ("custom: was null", widget(a=None, b=1), widget(a=1, b=1), None),
    ("custom: null leaves", widget(a=None, b=1), widget(b=1), None),
    ("custom: null deep inside something new", widget(), widget(n={"a": None, "b": [{"c": None}]}), None),
    ("custom: another type", widget(a={"b": 1}), widget(a=[1]), None),
    ("custom: text to number", widget(a="1"), widget(a=1), None),
    ("custom: an empty map", widget(a={"b": 1}), widget(a={}), None),
    ("custom: an empty list", widget(a=[1]), widget(a=[]), None),
    ("custom: big and small numbers", widget(a=9007199254740993, b=1e21, c=0.1), widget(a=9007199254740995, b=1e22, c=0.2), None),
    ("custom: labels", meta(widget(a=1), labels={"a": "1"}), meta(widget(a=1), labels={"b": "1"}), None),
    ("custom: no spec any more", widget(a=1), obj("example.com/v1", "Widget"), None),
]


# Random ones ------------------------------------------------------------------------------------------------------


def types():
    roots, table = {}, {}
    for line in open(TYPES):
        name, *cells = line.rstrip("\n").split("\t")
        if not name.startswith("#"):
            roots[name] = cells[0]
            continue
        fields = {}
        for cell in cells:
            head, _, rest = cell.partition("=")
            field, _, known = head.partition("@")
            if known and not int(known, 16) >> COLUMN & 1:
                continue
            kind, _, merge = rest.partition("~")[0].partition("+")
            shape = kind[0] if kind[:1] in ("[", "{") else ""
            fields[field] = (shape, kind.lstrip("[{"), merge.partition(":")[2])
        table[name[1:]] = fields
    return roots, table


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.roots, self.table = types()

    def scalar(self, of):
        r = self.r
        words = ["alpha", "beta", "gamma", "delta", "", "x-1", "10", "true"]
        return {"i": lambda: r.choice([0, 1, 2, 80, 443, 8080]), "b": lambda: r.random() < 0.5, "n": lambda: r.choice([0.5, 1.5]),
            "y": lambda: r.choice(["YQ==", "Yg==", ""]), "t": lambda: "2026-01-0%dT00:00:00Z" % r.randint(1, 9), "x": lambda: r.choice([80, "http", "50%"]),
            "Quantity": lambda: r.choice(["1", "500m", "1Gi"]), "s": lambda: r.choice(words)}.get(of, lambda: {"a": r.randint(1, 3)} if of == "" else r.choice(words))()

    def value(self, field, depth):
        shape, of, key = field
        one = lambda: self.struct(of, depth + 1) if of in self.table else self.scalar(of)
        if shape == "{":
            return {k: one() for k in self.r.sample(["k1", "k2", "a.b/c", "k4"], self.r.randint(1, 3))}
        if shape != "[":
            return one()
        items = [one() for _ in range(self.r.randint(1, 4))]
        for item in items:
            if key and isinstance(item, dict):
                item.setdefault(key, self.value(self.table[of][key], depth + 1))
        return items

    def struct(self, name, depth):
        fields = [f for f in self.table[name] if f not in ("apiVersion", "kind", "metadata", "status", "managedFields")]
        if depth > 6:
            fields = [f for f in fields if self.table[name][f][1] not in self.table]
        wanted = self.r.randint(1, 3) if depth > 3 else self.r.randint(2, 5)
        out = {f: self.value(self.table[name][f], depth) for f in self.r.sample(fields, min(len(fields), wanted))}
        if "template" in fields and "template" not in out:
            out["template"] = self.value(self.table[name]["template"], depth)
        if "containers" in fields:
            out["containers"] = self.value(self.table[name]["containers"], depth)
        return out

    def object(self, root):
        api, _, kind = root.rpartition("/")
        o = {"apiVersion": api, "kind": kind, "metadata": {}, **self.struct(self.roots[root], 0)}
        if self.r.random() < 0.3:
            o["metadata"]["labels"] = {k: self.scalar("s") for k in self.r.sample(["a", "b", "c"], 2)}
        if self.r.random() < 0.2:
            o["metadata"]["finalizers"] = self.r.sample(["a/a", "b/b", "c/c"], 2)
        return o

    def changed(self, value, field, chance, depth=0):
        """The value with some of it removed, added, changed and reordered."""
        shape, of, key = field
        r = self.r
        if isinstance(value, list) and shape == "[":
            items = [self.changed(v, ("", of, ""), chance, depth + 1) for v in value if r.random() > chance / 2]
            if r.random() < chance:
                items += self.value(field, depth + 3)[:1]
            if r.random() < chance:
                r.shuffle(items)
            return items
        if isinstance(value, dict) and (shape == "{" or of in self.table):
            fields = self.table.get(of, {}) if shape == "" else {}
            out = {}
            for k, v in value.items():
                keep = k in ("apiVersion", "kind", "metadata", "name", "containers") or k == key
                inner = fields.get(k, ("", of if shape == "{" else "", ""))
                if keep or r.random() > chance / 2:
                    out[k] = v if keep and not isinstance(v, (dict, list)) and r.random() < 0.8 else self.changed(v, inner, chance, depth + 1)
            if fields and r.random() < chance:
                name = r.choice([f for f in fields if f not in ("apiVersion", "kind", "metadata", "status")] or list(fields))
                out.setdefault(name, self.value(fields[name], 4))
            return out
        return self.scalar(of) if shape == "" and r.random() < chance and not isinstance(value, (dict, list)) else value


def made(count, seed=20261125):
    maker = Maker(seed)
    roots = sorted(r for r in maker.roots if r.rpartition("/")[2] not in ("Event", "PodCertificateRequest"))
    heavy = ["apps/v1/Deployment", "apps/v1/StatefulSet", "apps/v1/DaemonSet", "batch/v1/CronJob", "v1/Service", "v1/Pod"]
    for i in range(count):
        root = roots[i % len(roots)] if i % 2 else maker.r.choice(heavy)
        of = maker.roots[root]
        original = maker.object(root)
        for o in [original]:
            for k in ("apiVersion", "kind", "metadata"):
                assert k in o
        fix = lambda o: {**o, "apiVersion": original["apiVersion"], "kind": original["kind"]}
        again = lambda o, chance: {**fix(maker.changed(copy.deepcopy(o), ("", of, ""), chance)), "metadata": copy.deepcopy(o["metadata"])}
        modified = again(original, 0.25)
        if "labels" in modified["metadata"] and maker.r.random() < 0.5:
            modified["metadata"]["labels"] = {"b": "9"}
        if "finalizers" in modified["metadata"]:
            maker.r.shuffle(modified["metadata"]["finalizers"])
        state = maker.r.getstate()

        def live(o, state=state, again=again):
            maker.r.setstate(state)
            return again(o, 0.12)

        live_now = live(original)
        yield (f"random {i}: {root}", original, modified, lambda o, at=live_now: {**copy.deepcopy(at), "metadata": o["metadata"]})


def cases():
    return HARD + list(made(200))
