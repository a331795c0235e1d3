/** What keeps the mail of a sign-up back; `flood` refuses the sign-up itself. */
export type SignupCap = 'mailbox' | 'network' | 'domain' | 'newsletter' | 'all' | 'flood'

/** That a cap refused a sign-up (`flood`), or keeps its mail back. */
export type KeptBack = {
	cap: SignupCap
	/** Of the address. */
	domain?: string
	/** Whence, by keyed hash; the widest, as whoever has a /48 has many of those in it. */
	network: string | undefined
}

/** Is told of everything that the caps keep back, as it happens. */
export type SignupWatch = { note(kept: KeptBack): void }
