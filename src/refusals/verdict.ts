import type { BounceClass } from '../kernel/enumerations.ts'

/**
 * A judged refusal. `hard` only where it is proven that the address itself is dead. `status` is an enhanced status
 * code (RFC 3463), the one that fits best where none was given; `reply` an SMTP reply code or ''.
 */
export type Verdict = { class: BounceClass; hard: boolean; status: string; reply: string }
