/** The states that the board counts together; a link to a list names them all. */

export const WRONG = ["bounced", "undelivered", "failed", "expired", "returned", "error"];

export const GONE = ["handed_over", "sent", "extracted", "printed", "dispatched", "delivered", "read"];

export const OTHERS = [
  ..."pending composed in_editing in_approval rendered scheduled queued sending retry_wait".split(" "),
  ..."published suppressed cancelled".split(" "),
];
