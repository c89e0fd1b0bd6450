//! Services: addresses and ports.

use super::super::tree::{self, key};
use super::identity::Identity;
use crate::value::{Plain, PlainMap};

/// The first version with `internalTrafficPolicy` and `allocateLoadBalancerNodePorts` by default.
const COLUMN_1_22: usize = 3;
/// The first version that leaves `internalTrafficPolicy` out of Services without addresses.
const COLUMN_1_24: usize = 5;

/// Fills a Service in.
pub fn complete(object: &mut Plain, identity: &Identity, column: usize) {
    let Some(spec) = object.as_map_mut().map(|map| map.entry(key("spec")).or_insert_with(Plain::map)) else { return };
    let Some(spec) = spec.as_map_mut() else { return };
    let put = |spec: &mut PlainMap, name: &str, value: Plain| {
        spec.entry(key(name)).or_insert(value);
    };
    put(spec, "type", Plain::string("ClusterIP"));
    put(spec, "sessionAffinity", Plain::string("None"));
    let text = |spec: &PlainMap, name: &str| spec.get(name.as_bytes()).and_then(Plain::as_str).map(str::to_string);
    let kind = text(spec, "type").unwrap_or_default();
    let is_external = kind == "ExternalName";
    if column >= COLUMN_1_22 && !(is_external && column >= COLUMN_1_24) {
        put(spec, "internalTrafficPolicy", Plain::string("Cluster"));
    }
    if is_external {
        return;
    }
    addresses(spec, identity);
    put(spec, "ipFamilies", tree::list([Plain::string("IPv4")]));
    put(spec, "ipFamilyPolicy", Plain::string("SingleStack"));
    if !matches!(&*kind, "NodePort" | "LoadBalancer") {
        return;
    }
    put(spec, "externalTrafficPolicy", Plain::string("Cluster"));
    let is_balanced = kind == "LoadBalancer";
    if is_balanced && column >= COLUMN_1_22 {
        put(spec, "allocateLoadBalancerNodePorts", tree::boolean(true));
    }
    if is_balanced && text(spec, "externalTrafficPolicy").as_deref() == Some("Local") {
        put(spec, "healthCheckNodePort", tree::int(identity.node_port("healthCheckNodePort")));
    }
    let allocates = spec.get(&b"allocateLoadBalancerNodePorts"[..]).and_then(Plain::as_bool) != Some(false);
    if !is_balanced || allocates {
        node_ports(spec, identity);
    }
}

/// `clusterIP` and `clusterIPs` take each other along.
fn addresses(spec: &mut PlainMap, identity: &Identity) {
    let given = |name: &str| spec.get(name.as_bytes()).cloned();
    let first = given("clusterIPs").and_then(|list| list.as_list().and_then(|list| list.first().cloned()));
    let one = given("clusterIP").filter(|ip| ip.as_str() != Some("")).or(first);
    let one = one.unwrap_or_else(|| Plain::string(&identity.cluster_ip()));
    spec.insert(key("clusterIP"), one.clone());
    spec.entry(key("clusterIPs")).or_insert_with(|| tree::list([one]));
}

fn node_ports(spec: &mut PlainMap, identity: &Identity) {
    let Some(ports) = spec.get_mut(&b"ports"[..]) else { return };
    let crate::value::PlainData::List(ports) = &mut ports.data else { return };
    for (i, port) in ports.iter_mut().enumerate() {
        if let Some(port) = port.as_map_mut() {
            port.entry(key("nodePort")).or_insert_with(|| tree::int(identity.node_port(&format!("nodePort{i}"))));
        }
    }
}
