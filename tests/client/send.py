"""Sends a notice with a generated client, and reads it again. Usage: send.py FOLDER_OF_THE_CLIENT BASE KEY"""

import sys

folder, base, key = sys.argv[1:]
sys.path.insert(0, folder)

from safeharbor_client import AuthenticatedClient  # noqa: E402
from safeharbor_client.api.customers import get_customer, list_customers, put_customer  # noqa: E402,F401
from safeharbor_client.api.notices import create_notice, get_notice  # noqa: E402
from safeharbor_client.models import RawNotice  # noqa: E402

notice = RawNotice.from_dict(
    {
        "complainant": {"name": "Joel Finch", "email": "rights@holtfinch.example"},
        "works": [{"title": "Heron at Dawn", "description": "Color photograph, 2019"}],
        "locations": [{"url": "https://alder-photo.example/generated.jpg"}],
        "statements": {"good_faith": True, "accurate": True, "authorized_under_penalty_of_perjury": True},
        "signature": "Joel Finch",
    }
)
with AuthenticatedClient(base_url=base, token=key) as client:
    sent = create_notice.sync_detailed(client=client, body=notice)
    assert sent.status_code == 201, (sent.status_code, sent.content)
    reference = sent.parsed.reference
    read = get_notice.sync_detailed(reference, client=client)
    assert read.status_code == 200 and read.parsed.reference == reference, read.content
    listed = list_customers.sync_detailed(client=client)
    assert listed.status_code == 200, listed.content
print(f"A generated client sent {reference} and read it again.")
