import { z } from 'zod'

export const resumedRelays = z
	.object({ resumed: z.array(z.string()).meta({ description: 'The names of the relays' }) })
	.meta({ id: 'ResumedRelays' })

export type ResumedRelays = z.infer<typeof resumedRelays>
