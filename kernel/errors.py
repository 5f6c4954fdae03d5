"""Every expected failure of the platform, as one tree.

TenderingError
├─ NotFound · NotSignedIn · NotAllowed · PasskeyNeeded
├─ BadInput              malformed: MalformedEnvelope, IncompleteNotice, BadPrice, BadRulebook, ...
├─ Refused               a rule says no: SubmissionClosed, WrongOpeningKey, WrongStage, ...
├─ Unavailable           try again later
└─ IntegrityBroken       a hash, signature or proof does not match

A class is one sentence of meaning and one `text`, the message with its facts in braces. The constructor takes
facts, never prose; `text` is the msgid that gettext translates at the door.
"""

from typing import ClassVar


class TenderingError(Exception):
    """Anything the platform expects may go wrong; carries facts, not prose."""

    text: ClassVar[str] = "The request could not be carried out."

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(facts)

    @property
    def code(self) -> str:
        """The stable machine name, such as `submission-closed`."""
        name = type(self).__name__
        return "".join("-" + c.lower() if c.isupper() else c for c in name).lstrip("-")

    def __str__(self) -> str:
        return self.text.format(**self.facts)


class NotFound(TenderingError):
    """The thing does not exist, or the asker may not know that it does."""

    text = "There is no {what} {id}."


class UploadExpired(NotFound):
    """The upload was given up for lack of progress, or its tender has closed."""

    text = "This upload has expired. Start it again."


class NotSignedIn(TenderingError):
    """The request needs a signed-in person or a valid token."""

    text = "Sign in first, or send a valid token."


class NotAllowed(TenderingError):
    """The person lacks the duty that the act needs."""

    text = "This act needs the duty {duty}, which you do not hold here."


class PasskeyNeeded(NotAllowed):
    """The act has to be confirmed with a passkey first."""

    text = "A passkey is needed for this act: {why}."


class BadInput(TenderingError):
    """What was sent is malformed; `where` names the field, `why` the limit."""

    text = "{where}: {why}"


class PasskeyCopied(BadInput):
    """A passkey answered rightly and counted backwards, so there is a second one with its key; it is reported."""

    text = (
        "The counter of this passkey went back, so somebody may have a copy of it. Nothing was confirmed;"
        " remove it and register another, or ask the operator."
    )


class MalformedEnvelope(BadInput):
    """The bytes are not a sealed envelope of a known version."""

    text = "This is not a sealed envelope: {why}. Seal the bid again with the current client and upload that file."


class DoubleSealed(MalformedEnvelope):
    """The sealed content is itself a sealed envelope, so nobody could read the bid."""

    text = "The file is sealed twice: {why}. Seal the original files, not an envelope."


class WrongProtocol(BadInput):
    """The client speaks another version of the upload protocol."""

    text = "{where}: {why}"


class BadHeader(BadInput):
    """A header of an upload is missing or malformed."""

    text = "{where}: {why}"


class WrongMediaType(BadInput):
    """The body is not of the kind that this door takes."""

    text = "{where}: {why}"


class WrongChecksum(BadInput):
    """A part does not have the checksum it came with, so nothing of it was kept."""

    text = "The part was damaged on its way: its {algorithm} differs. Send it again from byte {offset}."


class BadPrice(BadInput):
    """A price is not a plain decimal number in the tender's currency and scale."""

    text = "{where}: the price {price} cannot be used: {why}."


class BadRulebook(BadInput):
    """A rulebook contradicts itself or leaves something out."""

    text = "Rulebook, {where}: {why}."


class BadSheet(BadInput):
    """A scoring sheet is incomplete or outside its limits."""

    text = "Scoring sheet, {where}: {why}."


class BadPoolFile(BadInput):
    """A file of experts has lines that cannot be imported; `faults` names each by line and column."""

    text = "{where}: {why}"


class IncompleteNotice(BadInput):
    """A notice lacks something mandatory; `missing` is the complete list."""

    text = "The notice cannot be published yet. Still missing: {missing}."


class IncompleteItem(BadInput):
    """A version of an item lacks something mandatory; `missing` is the complete list."""

    text = "The item cannot be published yet. Still missing: {missing}."


class BadLines(BadInput):
    """Lines of an imported file cannot be used; nothing was imported."""

    text = "Nothing was imported. {count} lines cannot be used: {lines}"


class MalformedCapsule(BadInput):
    """The file is not a capsule that this verifier can read."""

    text = "This is not a readable capsule: {why}."


class Refused(TenderingError):
    """A rule says no; `rule` names it and the facts say why."""

    text = "Refused by the rule {rule}: {why}."


class SubmissionClosed(Refused):
    """A bid, replacement or withdrawal stamped after the closing time."""

    text = (
        "Bids closed at {closes_at}. This act was stamped at {received_at}, which is later, so it is refused."
    )


class SubmissionNotOpen(Refused):
    """The tender does not take bids yet, or not any more."""

    text = "This tender takes no bids at stage {stage}."


class WrongEnvelope(Refused):
    """An envelope of another kind than the tender asks for at its place."""

    text = "Envelope {place} of this bid is of the kind {kind}; the tender asks for these, in this order: {asked}."


class WrongTender(Refused):
    """The envelope was sealed for another tender or lot."""

    text = "The envelope was sealed for {sealed_for}, not for {tender}. Seal the bid again for this tender and lot."


class WrongBidder(Refused):
    """The envelope was sealed or signed under another bidder's name or key."""

    text = "The envelope was sealed by another bidder or with another signing key. Seal it with your own key."


class WrongOpeningKey(Refused):
    """The envelope was sealed to keys that are not the tender's opener keys."""

    text = "The envelope is not sealed to the opener keys of this tender. Fetch the tender's keys and seal again."


class WrongSuite(Refused):
    """The envelope uses a cipher suite the tender does not accept."""

    text = "The envelope uses the cipher suite {suite}; this tender accepts {accepted}."


class UnsignedEnvelope(Refused):
    """The bidder's signature on the envelope is missing or wrong."""

    text = "The envelope does not carry a valid signature of its bidder. Seal it again with your signing key."


class AlreadySubmitted(Refused):
    """The same submission id was used for different bytes."""

    text = (
        "The submission {submission_id} already exists with other content. Seal the bid again for a new id."
    )


class BidAlreadyWithdrawn(Refused):
    """The bid was withdrawn or replaced before."""

    text = "The bid {bid_id} was already withdrawn or replaced."


class TooLarge(Refused):
    """The upload exceeds the tender's published limit."""

    text = "The upload has {size_bytes} bytes or more; the limit of this tender is {limit_bytes} bytes."


class WrongOffset(Refused):
    """A part does not begin where the upload stands."""

    text = "The upload stands at byte {received}; the part begins at byte {offset}."


class UploadBusy(Refused):
    """Another request is writing to the same upload."""

    text = "Another connection is still writing to this upload. Try again in a moment."


class NotYetClosed(Refused):
    """The act must wait for the closing time."""

    text = "Bids close at {closes_at}; it is {now} now. Try again after the closing time."


class TooFewBids(Refused):
    """Fewer bids than the law asks for: nothing may be opened."""

    text = "{bids} bids came in; at least {minimum} are needed. The bids stay sealed and the tender must be run again."


class WrongShare(Refused):
    """A released share does not match the commitment in the envelope."""

    text = "The share of opener {opener} does not match its commitment in the envelope {bid_id}."


class KeyNotRehearsed(Refused):
    """An opener key was not proven by a rehearsal."""

    text = "The key of opener {opener} has not passed a rehearsal."


class TooFewEligibleExperts(Refused):
    """The pool cannot fill the seats; `short` names the groups and by how many."""

    text = "The pool cannot fill the panel. Short groups: {short}."


class WrongReveal(Refused):
    """A revealed draw secret does not match its commitment."""

    text = "The value revealed by {party} does not match its commitment."


class ConflictOfDuties(Refused):
    """One person may not hold these two duties together."""

    text = "One person may not hold both {held} and {asked}."


class RulebookFrozen(Refused):
    """The rulebook may not change after publication."""

    text = "The rulebook was frozen when the notice was published."


class ChangedMeanwhile(Refused):
    """The thing was edited since the caller read it."""

    text = "Somebody changed it since you read it. Read it again, then repeat your edit."


class KeyReused(Refused):
    """An Idempotency-Key came back with another request."""

    text = "This Idempotency-Key was used for another request. Use a new key."


class NameTaken(Refused):
    """A name that must be unique is in use."""

    text = "The name {name} is already taken."


class WrongStage(Refused):
    """The move is not possible from this stage."""

    text = "{move} is not possible at stage {stage}."


class WrongCaseState(Refused):
    """The act is not possible in the case's state; `allowed` lists what is."""

    text = "{act} is not possible while the case is {state}. Possible now: {allowed}."


class NoPower(Refused):
    """The mandate does not give the power that the act needs."""

    text = "Your mandate of {day} does not give the power {power}. Ask the department for a letter that does."


class NotOnDuty(Refused):
    """Somebody else holds the post of this step today."""

    text = "Today the post {post} is held by somebody else; A acts while present, B while A is absent."


class IncompletePapers(Refused):
    """Papers are missing that the act needs; `missing` is the complete list of codes."""

    text = "These papers are missing: {missing}. Ask for all of them in one notice."


class UnlistedFee(Refused):
    """The fee schedule of the item does not allow this charge."""

    text = "The fee {fee} cannot be charged: {why}. The attempt is recorded."


class RateLimited(Refused):
    """Too many attempts in a short time."""

    text = "Too many attempts. Wait {seconds} seconds and try again."


class Unavailable(TenderingError):
    """Try again: storage, mail, timestamp authority or key holder did not answer."""

    text = "{what} does not answer at the moment. Nothing was lost; try again shortly."


class ClocksDisagree(Unavailable):
    """The sources of time differ by more than a second, so no moment can be trusted."""

    text = (
        "The clocks of this site differ by {seconds} s, so nothing is accepted until they agree."
        " The closing times that fall into this are moved by their published rules; try again later."
    )


class NoCallersKey(Unavailable):
    """What links experts to their seats is sealed with a key that this process was not given."""

    text = "This can be done in the draw room only: this process has no caller's key. Nothing was changed."


class IntegrityBroken(TenderingError):
    """A hash, signature or proof does not match: alarm, never retried."""

    text = "Integrity check failed: {what}."
