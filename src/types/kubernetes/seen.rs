//! The three faces of a kind: as a definition writes it (`Draft`), as it reads it (`target`, `output`), and as the cluster has it (`Live`).

use crate::types::interval::Interval;
use crate::types::text::Format;
use crate::types::ty::{Field, Presence, Record, Ty, Type};

/// As an output writes it: `apiVersion`, `kind` and `metadata.name` may be left out.
pub fn draft(kind: &Ty) -> Ty {
    with_record(kind, |r| {
        for f in r.fields.iter_mut().filter(|f| ["apiVersion", "kind", "metadata"].contains(&f.name.as_str())) {
            f.presence = Presence::Optional;
        }
    })
}

/// As definitions read it: it has a name, and labels and annotations read as maps.
pub fn seen(kind: &Ty) -> Ty {
    with_record(kind, |r| with_metadata(r, &["name", "labels", "annotations"], false))
}

/// As the cluster has it: with `status` and what the server adds to `metadata`.
pub fn live(kind: &Ty) -> Ty {
    with_record(kind, |r| {
        with_metadata(r, &["name", "labels", "annotations", "uid", "generation", "creationTimestamp"], true);
        if r.field("status").is_none() {
            r.fields.push(Field::new("status", Type::Json.share(), Presence::Optional));
        }
    })
}

fn with_record(kind: &Ty, change: impl FnOnce(&mut Record)) -> Ty {
    let Type::Record(r) = kind.shape() else { return kind.clone() };
    let mut record = r.clone();
    change(&mut record);
    Type::Record(record).share()
}

/// Makes fields of `metadata` required.
fn with_metadata(r: &mut Record, present: &[&str], live: bool) {
    for f in r.fields.iter_mut().filter(|f| f.name == "metadata") {
        f.presence = Presence::Required;
        let Type::Record(meta) = f.ty.shape() else { continue };
        let mut meta = meta.clone();
        for name in present {
            match meta.fields.iter_mut().find(|g| g.name == *name) {
                Some(g) => g.presence = Presence::Required,
                None => meta.fields.push(Field::new(*name, extra(name), Presence::Required)),
            }
        }
        if live {
            for g in meta.fields.iter_mut().filter(|g| g.name == "generation") {
                g.ty = Type::Int(Interval::new(0, i64::MAX)).share();
            }
        }
        f.ty = Type::Record(meta).share();
    }
}

fn extra(name: &str) -> Ty {
    match name {
        "labels" => Type::map(Type::format(Format::LabelKey), Type::format(Format::LabelValue)),
        "annotations" => Type::map(Type::format(Format::AnnotationKey), Type::string()),
        "generation" => Type::Int(Interval::new(0, i64::MAX)).share(),
        _ => Type::string(),
    }
}
