import type { ForgetPerson } from '../subscriptions/index.ts'
import { clearReplies } from './store/listing.ts'

/**
 * Forgets what relays said of an erased person: replies often name the address. The rows stay, as they are counted; what is
 * still due is left out when its turn comes.
 */
export const forgetReplies: ForgetPerson = async (tx, { subscriptionIds }) => ({
	replies: await clearReplies(tx, subscriptionIds),
})
