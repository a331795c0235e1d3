/**
 * What a refusal means for us (docs/bounces.md):
 * `address` the address is dead, or is said to be; `mailbox-full`; `temporary` a later attempt may succeed;
 * `content` this message is not wanted as it is; `policy` a rule of the recipient's side; `sender` our own
 * authentication, reputation or rate; `complaint` a person called it spam; `unknown`.
 */
export type BounceClass =
	| 'address'
	| 'mailbox-full'
	| 'temporary'
	| 'content'
	| 'policy'
	| 'sender'
	| 'complaint'
	| 'unknown'

/**
 * A judged refusal. `hard` only where it is proven that the address itself is dead. `status` is an enhanced status
 * code (RFC 3463), the one that fits best where none was given; `reply` an SMTP reply code or ''.
 */
export type Verdict = { class: BounceClass; hard: boolean; status: string; reply: string }
