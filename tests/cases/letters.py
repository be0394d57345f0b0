"""Letters by people and bodies of the API: what the form of staff is filled in with, and what the API answers."""
import gzip
import json
import re

from installation import Installation

FIELDS = {"sig": "sig", "name": "name", "email": "email", "org": "org", "works": "works-list", "tel": "tel",
          "post": "post", "owner": "owner"}
TICKS = {"gf": "st-faith", "acc": "st-accurate", "perj": "st-perjury"}


def cases(folder):
    here = Installation()
    try:
        here.customer("L-1", "owner@alder-photo.example", "alder-photo.example", "*.alder.example", "198.51.100.7",
                      "198.51.100.9")
        for file in sorted(folder.glob("*.expected.json")):
            name = file.name.removesuffix(".expected.json")
            right = json.loads(file.read_text())
            if (body := folder / f"{name}.json").exists():
                yield name, lambda: api(here, body.read_bytes(), right)
            else:
                mail = folder / f"{name}.eml"
                raw = mail.read_bytes() if mail.exists() else gzip.decompress((folder / f"{name}.eml.gz").read_bytes())
                yield name, lambda: letter(here, raw, right)
    finally:
        here.stop()


def api(here, body, right):
    status, answer = here.ask("/api/v1/notices", body)
    assert status == 201, f"{status} {answer}"
    review = here.value("select count(*) from reviews r left join cases k on k.id = r.case_id "
                        "join notices n on n.id = coalesce(r.notice_id, k.notice_id) where n.reference = ?",
                        answer["reference"])
    wanted = right.get("class", "")
    if "before a person" in wanted or "held for a person" in wanted:
        fits = bool(review) or answer["class"] == wanted.split()[0]
    else:
        fits = answer["class"] == wanted.split()[0]
    assert fits, f"class {answer['class']}, reviews {review}; right: {wanted}"
    if "missing" in right:
        assert answer["missing"] == right["missing"] or review, f"missing {answer['missing']}"
    if right.get("hosted"):
        assert any(l["state"] == "hosted" for l in answer["locations"]), answer["locations"]
    if "location" in right:
        assert right["location"] in [l["location"] for l in answer["locations"]], answer["locations"]


def letter(here, raw, right):
    done = here.mail(raw)
    if "kind" in right:
        kind = right["kind"].replace(" ", "_")
        assert done["kind"] == kind, f"kind {done['kind']}; right: {kind}"
        assert len(done["notices"]) == right.get("n", len(done["notices"])), f"{len(done['notices'])} notices"
        assert "defective" not in [n["class"] for n in done["notices"]] or "cls" not in right, "defective"
        return
    found = here.draft(done["submission"])
    wrong = []
    if right.get("urls") is not None:
        urls = [line.strip() for line in found.get("urls", "").splitlines() if line.strip()]
        wrong += [f"urls {urls}"] if urls != right["urls"] else []
    for field, name in TICKS.items():
        if field in right and (name in found) != right[field]:
            wrong.append(f"{field} {name in found}")
    for field, name in FIELDS.items():
        if field in right and squeezed(found.get(name, "")) != squeezed(right[field]):
            wrong.append(f"{field} {found.get(name, '')!r}")
    if "role" in right and found.get("role") != right["role"]:
        wrong.append(f"role {found.get('role')}")
    if "ip" in right and right["ip"] not in found.get("ip", found.get("urls", "")):
        wrong.append("ip")
    assert not wrong, "; ".join(wrong)


def squeezed(text):
    return re.sub(r"\s+", " ", text).strip()
