"""
From a CRM's pipeline to a process with rules, and from there to an engine in another language.

A pipeline of Pipedrive becomes a process file and a mapping file. Two gates, a contact gap and an
end by time are added; then XState and a modeler get it, with the report of what they cannot say.
"""

import json

import salesflow as sf
from salesflow.graph.export import to_bpmn, to_xstate
from salesflow.history.crm.starting import start_from

ANSWER = {
    "data": [
        {"id": 6, "order_nr": 1, "name": "Lead in", "pipeline_id": 1, "deal_probability": 10},
        {
            "id": 7,
            "order_nr": 2,
            "name": "Qualified",
            "pipeline_id": 1,
            "deal_probability": 40,
            "is_deal_rot_enabled": True,
            "days_to_rotten": 14,
        },
        {"id": 8, "order_nr": 3, "name": "Offer sent", "pipeline_id": 1, "deal_probability": 60},
    ]
}
RULES = """
[[contact_gaps]]
id = "touch"
warn = "3 days"
max = "5 days"

[[timers]]
id = "gone_cold"
since = "touch"
after = "30 days"
notice = "5 days"
move_to = "lost"
reason = "silence"

[[timers]]
id = "old"
since = "stage"
stages = ["qualified", "offer_sent"]
after = "20 business days"
"""


def main() -> None:
    """Start, add rules, export."""
    start = start_from("pipedrive", ANSWER)
    print(start.mapping)

    process = sf.load_process(start.process + RULES)
    process = process.replace(
        {
            "process.mode": "enforce",
            "facts": {"need": {"type": "bool"}, "value_said": {"type": "bool"}},
            "stages.lead_in.exit": ["need"],
            "stages.qualified.exit": ["value_said"],
        }
    )
    for exported in (to_xstate(process), to_bpmn(process)):
        print(f"{exported.target}: {len(exported.losses)} lost")
        for loss in exported.losses:
            print(f"  {loss}")

    machine = json.loads(to_xstate(process).text)
    regions = machine["states"]["deal"]["states"]["open-stages"]["states"]
    for name in ("touch-warn", "touch-breach", "gone_cold-notice", "gone_cold-move"):
        (delay,) = regions[name]["states"]["running"]["after"]
        print(f"{name} ends after {int(delay):,} ms")


if __name__ == "__main__":
    main()
