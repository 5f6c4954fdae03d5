"""The test envelope that an opener must open before a tender may be published."""


def rehearsal_info(tender_id: str) -> bytes:
    """The HPKE info of a tender's test envelopes, so that one can never pass for a bid's share."""
    return b"mingtang/v1/rehearsal/" + tender_id.encode()
