"""Checks a PROV-JSON document against the constraints of W3C PROV-CONSTRAINTS that it may break.

Written from the recommendation, not from the exporter: orders of events by log index and time. A
document without a fault gives an empty list.
"""
import collections

ELEMENTS = ("entity", "activity", "agent")
ENDS = {  # relation: (role that is an entity, activity or agent, its section)
    "used": (("prov:activity", "activity"), ("prov:entity", "entity")),
    "wasGeneratedBy": (("prov:activity", "activity"), ("prov:entity", "entity")),
    "wasInvalidatedBy": (("prov:activity", "activity"), ("prov:entity", "entity")),
    "wasDerivedFrom": (("prov:generatedEntity", "entity"), ("prov:usedEntity", "entity"),
                       ("prov:activity", "activity")),
    "wasAssociatedWith": (("prov:activity", "activity"), ("prov:agent", "agent"),
                          ("prov:plan", "entity")),
    "actedOnBehalfOf": (("prov:delegate", "agent"), ("prov:responsible", "agent"),
                        ("prov:activity", "activity")),
    "wasAttributedTo": (("prov:entity", "entity"), ("prov:agent", "agent")),
    "wasInformedBy": (("prov:informed", "activity"), ("prov:informant", "activity")),
    "specializationOf": (("prov:specificEntity", "entity"), ("prov:generalEntity", "entity")),
    "wasInfluencedBy": (),
}


def long(value):
    return int(value["$"])


class Checker:
    def __init__(self, bundle):
        self.bundle = bundle
        self.faults = []
        self.entity, self.activity, self.agent = (bundle.get(name, {}) for name in ELEMENTS)
        self.generated = collections.defaultdict(list)
        self.invalidated = collections.defaultdict(list)
        self.uses = collections.defaultdict(list)

    def fault(self, *words):
        self.faults.append(" ".join(map(str, words)))

    def run(self):
        self.names()
        self.unique()
        self.within_activities()
        self.life_of_entities()
        self.derivations()
        self.specializations()
        self.communications()
        return self.faults

    def place(self, activity):
        """Where an activity stands in the order of events; genesis is first."""
        return long(self.activity[activity]["jdt:logIndex"]) if activity else None

    def names(self):
        """Constraints 50 to 55: what is used as something is that, and disjoint kinds are."""
        for name in set(self.entity) & set(self.activity) | set(self.activity) & set(self.agent):
            self.fault("54/55: both an activity and another kind:", name)
        for relation, rows in self.bundle.items():
            if relation in ELEMENTS or relation == "prefix":
                continue
            if relation not in ENDS:
                self.fault("unknown relation", relation)
                continue
            for name, row in rows.items():
                for role, kind in ENDS[relation]:
                    if role in row and row[role] not in getattr(self, kind):
                        self.fault("50:", relation, name, role, row[role], "is no declared", kind)
        for row in self.bundle.get("wasInfluencedBy", {}).values():
            known = set(self.entity) | set(self.activity) | set(self.agent)
            for role in ("prov:influencee", "prov:influencer"):
                if row[role] not in known:
                    self.fault("50: influence of", row[role])

    def unique(self):
        """Constraints 23 to 25: an entity is generated once and invalidated once."""
        for relation, into in (("wasGeneratedBy", self.generated),
                               ("wasInvalidatedBy", self.invalidated), ("used", self.uses)):
            for name, row in self.bundle.get(relation, {}).items():
                into[row["prov:entity"]].append((name, row))
        for entity, rows in self.generated.items():
            if len(rows) > 1:
                self.fault("24: generated", len(rows), "times:", entity)
        for entity, rows in self.invalidated.items():
            if len(rows) > 1:
                self.fault("25: invalidated", len(rows), "times:", entity)

    def within_activities(self):
        """Constraints 30 to 34: start <= use, generation, invalidation <= end."""
        for name, row in self.activity.items():
            start, end = row.get("prov:startTime"), row.get("prov:endTime")
            if start and end and start > end:
                self.fault("30: ends before it starts:", name)
        for relation in ("used", "wasGeneratedBy", "wasInvalidatedBy"):
            for name, row in self.bundle.get(relation, {}).items():
                if "prov:activity" not in row or "prov:time" not in row:
                    continue
                activity = self.activity[row["prov:activity"]]
                start = activity.get("prov:startTime", row["prov:time"])
                end = activity.get("prov:endTime", row["prov:time"])
                if not start <= row["prov:time"] <= end:
                    self.fault("33/34:", name, "is outside its activity")

    def life_of_entities(self):
        """Constraints 36 to 39: generation, then uses, then invalidation."""
        for entity in self.entity:
            born = [self.moment(row) for _, row in self.generated[entity]]
            ended = [self.moment(row) for _, row in self.invalidated[entity]]
            for name, row in self.uses[entity]:
                if any(self.before(self.moment(row), b) for b in born):
                    self.fault("37: used before generated:", entity, name)
                if any(self.before(e, self.moment(row)) for e in ended):
                    self.fault("38: used after invalidated:", entity, name)
            if any(self.before(e, b) for e in ended for b in born):
                self.fault("36: invalidated before generated:", entity)

    def moment(self, row):
        return self.place(row.get("prov:activity")), row.get("prov:time")

    @staticmethod
    def before(a, b):
        """Strictly: by place in the log when both have one, else by time."""
        if a[0] is not None and b[0] is not None:
            return a[0] < b[0]
        return a[1] is not None and b[1] is not None and a[1] < b[1]

    def derivations(self):
        """Constraints 28, 29, 40 to 42, and that the ids of a derivation match."""
        for name, row in self.bundle.get("wasDerivedFrom", {}).items():
            generation = self.bundle["wasGeneratedBy"].get(row.get("prov:generation"))
            usage = self.bundle["used"].get(row.get("prov:usage"))
            if generation is None or usage is None:
                self.fault("derivation without its generation or usage:", name)
                continue
            if generation["prov:entity"] != row["prov:generatedEntity"]:
                self.fault("generation of another entity:", name)
            if usage["prov:entity"] != row["prov:usedEntity"]:
                self.fault("usage of another entity:", name)
            if not generation["prov:activity"] == usage["prov:activity"] == row["prov:activity"]:
                self.fault("derivation by another activity:", name)
            for _, source in self.generated[row["prov:usedEntity"]]:
                if not self.before(self.moment(source), self.moment(generation)):
                    self.fault("42: not generated after what it is derived from:", name)

    def specializations(self):
        """Constraints 43, 44, 52: irreflexive, and the general one lives around the specific."""
        for row in self.bundle.get("specializationOf", {}).values():
            specific, general = row["prov:specificEntity"], row["prov:generalEntity"]
            if specific == general:
                self.fault("52: specialises itself:", specific)
            for _, a in self.generated[general]:
                for _, b in self.generated[specific]:
                    if self.before(self.moment(b), self.moment(a)):
                        self.fault("43: specific generated first:", specific)
            if self.invalidated[general]:
                self.fault("44: the general entity was invalidated:", general)

    def communications(self):
        """Constraint 35: the informant starts before the informed ends."""
        for name, row in self.bundle.get("wasInformedBy", {}).items():
            if self.place(row["prov:informant"]) >= self.place(row["prov:informed"]):
                self.fault("35: informed by what came later:", name)


def faults_of(document):
    """Of the named bundles, and that the document describes each."""
    faults = []
    for name, bundle in document.get("bundle", {}).items():
        about = document["entity"].get(name)
        if about is None or about["prov:type"]["$"] != "prov:Bundle":
            faults.append(f"bundle {name} is not described")
        faults += Checker(bundle).run()
    attributed = {row["prov:entity"] for row in document.get("wasAttributedTo", {}).values()}
    if set(document.get("bundle", {})) - attributed:
        faults.append("a bundle is attributed to nobody")
    return faults
