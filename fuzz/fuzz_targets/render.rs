//! Any bytes as the template of a small chart: it renders, or fails with a message; nothing panics, and every piece of
//! what is rendered lies in it.

#![no_main]

use chartlint::chart::{self, LoadAt, PrepareOptions, RawFile};
use chartlint::engine::{self, Capabilities, KeySource, Limits, Offline, Options, ReleaseInfo};
use chartlint::profile::Profile;
use chartlint::source::Sources;
use chartlint::template::Cache;
use chartlint::value::Plain;
use libfuzzer_sys::fuzz_target;
use std::sync::Arc;

const VALUES: &str = "a: 1\nb: [x, {c: d}]\nm: {k: v, l: {n: 2.5}}\ns: text\nf: false\nt: \"{{ .Values.s }}\"\n";

fuzz_target!(|bytes: &[u8]| {
    let profile = Profile::default();
    let file = |path: &str, bytes: &[u8]| RawFile { path: path.into(), bytes: Arc::from(bytes) };
    let files = vec![
        file("Chart.yaml", b"apiVersion: v2\nname: c\nversion: 0.1.0\n"),
        file("values.yaml", VALUES.as_bytes()),
        file("templates/t.yaml", bytes),
    ];
    let mut sources = Sources::default();
    let Ok(loaded) = chart::load(files, &LoadAt { root: "c".into() }, &mut sources, &profile) else { return };
    let user = Plain::map();
    let Ok(prepared) = chart::prepare(&Arc::new(loaded), &user, &PrepareOptions::default(), &profile) else { return };
    let options = Options {
        release: ReleaseInfo {
            name: "rel".into(),
            namespace: "default".into(),
            is_install: true,
            is_upgrade: false,
            revision: 1,
        },
        capabilities: Capabilities::defaults(&profile),
        lint: false,
        seed: 0,
        now: (1_700_000_000, 0),
        keys: KeySource::Sample,
        limits: Limits { work: 1_000_000 },
        profile,
        forced: None,
        is_followed: true,
    };
    engine::with_stack(|| {
        let rendering = engine::render(&prepared, &options, &Offline, &Cache::default(), sources.clone());
        match &rendering.error {
            Some(error) => assert!(!error.helm_text(&profile).is_empty()),
            None => {
                for file in &rendering.files {
                    for piece in file.text.pieces() {
                        assert!(piece.start <= piece.end && piece.end as usize <= file.text.len());
                    }
                }
            }
        }
    });
});
