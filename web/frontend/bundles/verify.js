// The second verifier as a page of its own (docs/formats/capsule.md).
import "../verifier/page.js";
