// fewer say too little: to thirty readers half are fifteen
const fewest = 50

/**
 * Whether a relay's word that addresses are dead can be taken. Readers have confirmed theirs, so where it says so of more
 * than half of a digest the fault is the relay's – one that is misrouted knows nobody – and it must not cost the audience.
 */
export function isBelievable({ accepted, refused }: { accepted: number; refused: number }): boolean {
	return refused < fewest || refused <= accepted
}
