//! From `patch` statements to writes: places are looked up, values evaluated; nothing is changed yet.

use super::place::{ListRule, PlaceId, Step, key_of, list_rule, scalar_text};
use super::{Op, Write};
use crate::base::Range;
use crate::diagnostics::{Diagnostic, codes};
use crate::eval::expr::may_come_out_empty;
use crate::eval::machine::{Frame, Machine, Stop};
use crate::eval::path::Located;
use crate::hir::{Assign, Expr, ExprId, Key, ListItem, Member, Patch, Place, PlaceBase, PlaceStep};
use crate::kube::schema::{Node, Shape};
use crate::value::{Data, Map, Value};

impl<'a> Machine<'a, '_> {
    /// A `patch` statement.
    pub(in crate::eval) fn patch(&mut self, f: &mut Frame<'a>, patch: &'a Patch) -> Result<(), Stop> {
        for located in self.patched_places(f, patch)? {
            let (Some(place), value) = (located.place, located.value) else {
                if patch.optional {
                    continue;
                }
                return Err(self.mistake(f, patch.value, codes::J0201, "this is no place in an object"));
            };
            if value.is_none() {
                self.stage.read_presence(place);
                if patch.optional {
                    continue;
                }
                return Err(self.nothing_there(f, place, patch.place.range));
            }
            if patch.whole {
                let v = self.present(f, patch.value)?;
                let op = if self.stage.places.get(place).is_some_and(|p| p.parent.is_none()) { Op::Object } else { Op::Replace };
                self.write(f, place, op, v, f.module.range(patch.value));
                continue;
            }
            match f.module.expr(patch.value) {
                Expr::Record(members) => self.patch_members(f, place, members)?,
                _ => {
                    let v = self.present(f, patch.value)?;
                    self.write(f, place, Op::Merge, v, f.module.range(patch.value));
                }
            }
        }
        Ok(())
    }

    fn patched_places(&mut self, f: &mut Frame<'a>, patch: &'a Patch) -> Result<Vec<Located>, Stop> {
        let place = &patch.place;
        let start = match &place.base {
            PlaceBase::OutputsOf(kind) => {
                let mut all = Vec::new();
                for i in 0..self.stage.objects.len() {
                    let Some(o) = self.stage.objects.get(i) else { continue };
                    let (value, at, main) = (o.value.clone(), o.place, o.output.is_none());
                    if !main && self.is_type(f, &value, kind)? {
                        all.push(Located { value: Some(value), place: Some(at) });
                    }
                }
                let kind = kind.segments.last().cloned().unwrap_or_default();
                self.stage.outputs_read.push((self.stage.current, kind));
                return Ok(all);
            }
            PlaceBase::Default => self.default_place(f, patch.value)?,
            PlaceBase::Target => self.scope_place(f, patch.value, |s| s.target)?,
            PlaceBase::Output => self.scope_place(f, patch.value, |s| s.output)?,
            PlaceBase::Local(l) => {
                let (value, place) = self.local(f, *l)?;
                Located { value, place }
            }
            PlaceBase::View(name) => {
                let Some(main) = self.stage.main() else { return Err(Stop::Unknown) };
                match self.view_place(f, name, main)? {
                    Some(place) => Located { value: self.stage.value(place), place: Some(place) },
                    None if patch.optional => return Ok(Vec::new()),
                    None => return Err(self.no_view(f, place)),
                }
            }
            PlaceBase::Outputs => return self.output_place(f, place).map(|l| vec![l]),
            PlaceBase::Unknown(_) => return Err(Stop::Unknown),
        };
        self.walk(f, start, &place.steps).map(|l| vec![l])
    }

    fn default_place(&mut self, f: &mut Frame<'a>, at: ExprId) -> Result<Located, Stop> {
        let has_target = f.scope.as_ref().is_some_and(|s| s.target != crate::eval::machine::Seen::Nothing);
        if has_target { self.scope_place(f, at, |s| s.target) } else { self.scope_place(f, at, |s| s.output) }
    }

    fn scope_place(&mut self, f: &Frame<'a>, at: ExprId, pick: fn(&crate::eval::machine::Scope) -> crate::eval::machine::Seen) -> Result<Located, Stop> {
        let seen = f.scope.as_ref().map_or(crate::eval::machine::Seen::Nothing, pick);
        self.seen(f, at, seen)
    }

    fn output_place(&mut self, f: &mut Frame<'a>, place: &'a Place) -> Result<Located, Stop> {
        let Some((first, rest)) = place.steps.split_first() else { return Err(Stop::Unknown) };
        let name = match first {
            PlaceStep::Field(name, _) => name.clone(),
            PlaceStep::Index(e) => self.present(f, *e)?.as_str().unwrap_or_default().into(),
        };
        let start = self.stage.output(&name);
        if start.place.is_none() {
            let names: Vec<String> = self.stage.objects.iter().filter_map(|o| o.output.as_ref()).map(|n| format!("`{n}`")).collect();
            let what = if names.is_empty() { "there are no outputs".to_owned() } else { format!("there are {}", names.join(", ")) };
            let d = Diagnostic::new(codes::J0904, format!("there is no output `{name}` to patch; {what}"))
                .primary(self.entry, "")
                .secondary(place.range.in_file(f.module.file), "patched here");
            self.sink.push(d);
            return Err(Stop::Unknown);
        }
        self.walk(f, start, rest)
    }

    fn walk(&mut self, f: &mut Frame<'a>, start: Located, steps: &'a [PlaceStep]) -> Result<Located, Stop> {
        let mut at = start;
        for step in steps {
            at = match step {
                PlaceStep::Field(name, _) => {
                    let place = at.place.map(|p| self.stage.field(p, name));
                    let value = at.value.as_ref().and_then(|v| v.get(name)).cloned();
                    Located { value, place }
                }
                PlaceStep::Index(e) => {
                    let key = self.present(f, *e)?;
                    self.index(f, *e, at, &key)?
                }
            };
        }
        Ok(at)
    }

    /// J0904 with what is there instead.
    fn nothing_there(&mut self, f: &Frame<'a>, place: PlaceId, range: Range) -> Stop {
        let (parent, step) = match self.stage.places.get(place) {
            Some(p) => (p.parent, p.step.clone()),
            None => (None, Step::Index(0)),
        };
        let around = parent.and_then(|p| self.stage.peek(p));
        let mut names: Vec<String> = match around.map(|v| &v.data) {
            Some(Data::List(l)) => l.items.iter().filter_map(|i| l.keys.as_ref().and_then(|k| key_of(k, i))).map(|k| format!("`{k}`")).collect(),
            Some(Data::Map(m)) => m.keys().map(|k| format!("`{k}`")).collect(),
            _ => Vec::new(),
        };
        let more = names.len().saturating_sub(8);
        names.truncate(8);
        let shown = self.stage.places.show(place);
        let mut message = format!("there is no `{shown}` to patch");
        if !names.is_empty() {
            message.push_str(&format!("; there is {}", names.join(", ")));
        }
        if more > 0 {
            message.push_str(&format!(" and {more} more"));
        }
        let mut d = Diagnostic::new(codes::J0904, message);
        let at = range.in_file(f.module.file);
        let origin = match &step {
            Step::Key(k) | Step::Field(k) => f.scope.as_ref().and_then(|s| s.parameters.as_ref()).and_then(|p| find_text(p, k, 0)).and_then(|o| self.origins.yaml_span(o)),
            _ => None,
        };
        d = d.primary(origin.unwrap_or(self.entry), "").secondary(at, "patched here");
        if let Step::Key(k) = &step
            && let Some(near) = crate::diagnostics::nearest(k, names.iter().map(|n| n.trim_matches('`')))
        {
            d = d.help(format!("did you mean `{near}`?"));
        }
        self.sink.push(d);
        Stop::Unknown
    }

    fn no_view(&mut self, f: &Frame<'a>, place: &Place) -> Stop {
        let d =
            Diagnostic::new(codes::J0904, "the component's object does not have this view").primary(self.entry, "").secondary(place.range.in_file(f.module.file), "patched here");
        self.sink.push(d);
        Stop::Unknown
    }

    fn write(&mut self, f: &Frame<'a>, place: PlaceId, op: Op, value: Value, range: Range) {
        self.stage.pending.push(Write { place, op, value, span: range.in_file(f.module.file) });
    }

    /// The members of a patch literal at a place.
    fn patch_members(&mut self, f: &mut Frame<'a>, place: PlaceId, members: &'a [Member]) -> Result<(), Stop> {
        for member in members {
            match member {
                Member::Field { key, key_range, at, optional, assign, value, .. } => self.patch_field(f, place, key, *key_range, *at, *optional, *assign, *value)?,
                Member::Spread { value, range } => {
                    let v = self.present(f, *value)?;
                    let Data::Map(m) = &v.data else {
                        return Err(self.mistake(f, *value, codes::J0303, format!("only a record or map can be spread here, not {}", v.kind_name())));
                    };
                    for e in m.iter() {
                        let child = self.stage.field(place, &e.key);
                        self.write(f, child, Op::Merge, e.value.clone(), *range);
                    }
                }
                Member::If { condition, then, otherwise, .. } => {
                    let branch = if self.truth(f, *condition)? { then } else { otherwise };
                    self.patch_members(f, place, branch)?;
                }
                Member::For { binders, source, filter, members, .. } => {
                    for round in self.rounds(f, *source, binders.len())? {
                        self.begin(f, binders, round);
                        if match filter {
                            Some(c) => self.truth(f, *c)?,
                            None => true,
                        } {
                            self.patch_members(f, place, members)?;
                        }
                    }
                }
                Member::Let { local, ty, value } => self.bind(f, *local, *ty, *value)?,
                Member::Remove { key, at, range, .. } => {
                    let (name, _) = self.key(f, key)?;
                    let mut child = self.stage.field(place, &name);
                    if let Some(at) = at {
                        let index = self.present(f, *at)?;
                        child = self.element_place(child, &index);
                    }
                    self.write(f, child, Op::Remove, Value::default(), *range);
                }
            }
        }
        Ok(())
    }

    fn element_place(&mut self, list: PlaceId, index: &Value) -> PlaceId {
        let keys = match self.stage.peek(list).map(|v| &v.data) {
            Some(Data::List(l)) => {
                if let Some(i) = crate::eval::path::position(l, index) {
                    let l = l.clone();
                    return self.stage.element(list, &l, i);
                }
                l.keys.clone()
            }
            _ => None,
        };
        self.stage.keyed(list, keys.as_deref(), index)
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of a member")]
    fn patch_field(
        &mut self,
        f: &mut Frame<'a>,
        place: PlaceId,
        key: &'a Key,
        key_range: Range,
        at: Option<ExprId>,
        optional: bool,
        assign: Assign,
        value: ExprId,
    ) -> Result<(), Stop> {
        let (name, _) = self.key(f, key)?;
        let child = self.stage.field(place, &name);
        let range = key_range.to(f.module.range(value));
        if let Some(at) = at {
            let index = self.present(f, at)?;
            let element = self.element_place(child, &index);
            return self.patch_element(f, child, element, &index, optional, assign, value, range);
        }
        if assign == Assign::Merge && self.patch_deeper(f, child, value, optional)? {
            return Ok(());
        }
        let v = if optional { self.eval_optional(f, value)? } else { Some(self.present(f, value)?) };
        let Some(v) = v else { return Ok(()) };
        let op = match assign {
            Assign::Merge => Op::Merge,
            Assign::Replace => Op::Replace,
            Assign::Append => Op::Append,
            Assign::Take => Op::Take,
            Assign::Weak => Op::Weak,
        };
        self.write(f, child, op, v, range);
        Ok(())
    }

    /// Goes into a literal with operators in it; `false` when it is a plain value.
    fn patch_deeper(&mut self, f: &mut Frame<'a>, place: PlaceId, value: ExprId, optional: bool) -> Result<bool, Stop> {
        match f.module.expr(value) {
            Expr::Record(members) if has_operators(f, members) => {
                let before = self.stage.pending.len();
                self.patch_members(f, place, members)?;
                if self.stage.pending.len() == before && !(optional && may_come_out_empty(members)) {
                    self.write(f, place, Op::Merge, Value::map(Map::new(), crate::value::Origin::UNKNOWN), f.module.range(value));
                }
                Ok(true)
            }
            Expr::List(items) if items.iter().any(|i| item_has_operators(f, i)) => {
                for item in items {
                    self.patch_item(f, place, item)?;
                }
                Ok(true)
            }
            Expr::If { condition, then, otherwise } if expr_has_operators(f, value) => {
                let branch = if self.truth(f, *condition)? { Some(*then) } else { *otherwise };
                let Some(branch) = branch else { return Ok(true) };
                if !self.patch_deeper(f, place, branch, optional)? {
                    let v = self.present(f, branch)?;
                    self.write(f, place, Op::Merge, v, f.module.range(branch));
                }
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// An element of a list literal that holds operators: its keys say which element, the rest is a patch of it.
    fn patch_item(&mut self, f: &mut Frame<'a>, place: PlaceId, item: &'a ListItem) -> Result<(), Stop> {
        match item {
            ListItem::Value(e) => match f.module.expr(*e) {
                Expr::Record(members) if has_operators(f, members) => {
                    let node = self.stage.places.get(place).and_then(|p| p.node);
                    let ListRule::Keyed(keys) = list_rule(node, [None, None]) else {
                        return Err(self.mistake(f, *e, codes::J0604, "operators stand in elements of keyed lists only"));
                    };
                    let mut identity = Map::new();
                    for m in members {
                        if let Member::Field { key: Key::Name(n), value, at: None, .. } = m
                            && keys.contains(n)
                            && let Some(v) = self.eval(f, *value)?
                        {
                            identity.insert(n.clone(), v.origin, v);
                        }
                    }
                    let index = Value::map(identity, crate::value::Origin::UNKNOWN);
                    let element = self.element_place(place, &index);
                    self.patch_members(f, element, members)
                }
                _ => {
                    let v = self.present(f, *e)?;
                    let one = Value::list(vec![v], crate::value::Origin::UNKNOWN);
                    self.write(f, place, Op::Merge, one, f.module.range(*e));
                    Ok(())
                }
            },
            ListItem::Spread(e) => {
                let v = self.present(f, *e)?;
                self.write(f, place, Op::Merge, v, f.module.range(*e));
                Ok(())
            }
            ListItem::If { condition, item } => {
                if self.truth(f, *condition)? {
                    self.patch_item(f, place, item)?;
                }
                Ok(())
            }
            ListItem::For { binders, source, item } => {
                for round in self.rounds(f, *source, binders.len())? {
                    self.begin(f, binders, round);
                    self.patch_item(f, place, item)?;
                }
                Ok(())
            }
        }
    }

    /// `f[k]: …`, `f[k] := …`
    #[expect(clippy::too_many_arguments, reason = "the parts of a member")]
    fn patch_element(
        &mut self,
        f: &mut Frame<'a>,
        list: PlaceId,
        element: PlaceId,
        index: &Value,
        optional: bool,
        assign: Assign,
        value: ExprId,
        range: Range,
    ) -> Result<(), Stop> {
        let is_list = matches!(self.stage.places.get(list).and_then(|p| p.node).map(Node::shape), Some(Shape::Array(_)))
            || matches!(self.stage.peek(list).map(|v| &v.data), Some(Data::List(_)));
        match assign {
            Assign::Merge => {
                if is_list && self.stage.peek(element).is_none() {
                    return Err(self.nothing_there(f, element, range));
                }
                if self.patch_deeper(f, element, value, optional)? {
                    return Ok(());
                }
                let v = if optional { self.eval_optional(f, value)? } else { Some(self.present(f, value)?) };
                if let Some(v) = v {
                    self.write(f, element, Op::Merge, v, range);
                }
                Ok(())
            }
            Assign::Replace => {
                let v = if optional { self.eval_optional(f, value)? } else { Some(self.present(f, value)?) };
                let Some(v) = v else { return Ok(()) };
                let whole = if is_list { self.with_keys(list, index, v) } else { v };
                self.write(f, element, Op::ReplaceElement, whole, range);
                Ok(())
            }
            Assign::Weak => {
                let v = self.present(f, value)?;
                let whole = if is_list { self.with_keys(list, index, v) } else { v };
                self.write(f, element, Op::Weak, whole, range);
                Ok(())
            }
            Assign::Append | Assign::Take => {
                // The element is itself a list or a map of lists.
                let v = self.present(f, value)?;
                self.write(f, element, if assign == Assign::Append { Op::Append } else { Op::Take }, v, range);
                Ok(())
            }
        }
    }

    /// The element with its key fields filled in from the index.
    fn with_keys(&self, list: PlaceId, index: &Value, v: Value) -> Value {
        let node = self.stage.places.get(list).and_then(|p| p.node);
        let carried = match self.stage.peek(list).map(|v| &v.data) {
            Some(Data::List(l)) => Some(l.clone()),
            _ => None,
        };
        let ListRule::Keyed(keys) = list_rule(node, [carried.as_deref(), None]) else { return v };
        let Data::Map(m) = &v.data else { return v };
        let mut missing = keys.iter().filter(|k| !m.contains(k)).peekable();
        if missing.peek().is_none() {
            return v;
        }
        let mut whole = Map::with_capacity(m.len() + 1);
        for k in missing {
            let part = match &index.data {
                Data::Map(parts) => parts.get(k).cloned(),
                _ if keys.first() == Some(k) && scalar_text(index).is_some() => Some(index.clone()),
                _ => None,
            };
            if let Some(part) = part {
                whole.insert(k.clone(), part.origin, part);
            }
        }
        for e in m.iter() {
            whole.insert(e.key.clone(), e.key_origin, e.value.clone());
        }
        Value::map(whole, v.origin)
    }
}

/// Whether operators other than `:` occur in a patch literal, or members that only patches have.
fn has_operators(f: &Frame<'_>, members: &[Member]) -> bool {
    members.iter().any(|m| match m {
        Member::Field { at, assign, value, .. } => at.is_some() || *assign != Assign::Merge || expr_has_operators(f, *value),
        Member::If { then, otherwise, .. } => has_operators(f, then) || has_operators(f, otherwise),
        Member::For { members, .. } => has_operators(f, members),
        Member::Remove { .. } => true,
        Member::Spread { .. } | Member::Let { .. } => false,
    })
}

fn expr_has_operators(f: &Frame<'_>, id: ExprId) -> bool {
    match f.module.expr(id) {
        Expr::Record(members) => has_operators(f, members),
        Expr::List(items) => items.iter().any(|i| item_has_operators(f, i)),
        Expr::If { then, otherwise, .. } => expr_has_operators(f, *then) || otherwise.is_some_and(|o| expr_has_operators(f, o)),
        _ => false,
    }
}

fn item_has_operators(f: &Frame<'_>, item: &ListItem) -> bool {
    match item {
        ListItem::Value(e) => expr_has_operators(f, *e),
        ListItem::Spread(_) => false,
        ListItem::If { item, .. } | ListItem::For { item, .. } => item_has_operators(f, item),
    }
}

/// Where a text stands in the parameters: what the user wrote to name the place.
fn find_text(v: &Value, text: &str, depth: u32) -> Option<crate::value::Origin> {
    match &v.data {
        Data::String(s) if s == text => Some(v.origin),
        Data::Map(m) if depth < 16 => m.iter().find_map(|e| find_text(&e.value, text, depth + 1)),
        Data::List(l) if depth < 16 => l.items.iter().find_map(|i| find_text(i, text, depth + 1)),
        _ => None,
    }
}
