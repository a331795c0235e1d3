import type { DatabaseOrTransaction } from '../kernel/database.ts'
import type { DeliveryKey } from './delivery-tokens.ts'
import { type Returned, setReturned } from './store/returned.ts'

/**
 * Writes into the ledger that a delivery bounced, that its reader complained, or that it arrived after all. A row
 * that is refused or still due stays as it is. Gives whether anything changed.
 */
export function markReturned(
	tx: DatabaseOrTransaction,
	delivery: DeliveryKey,
	returned: Returned,
): Promise<boolean> {
	return setReturned(tx, delivery, returned)
}
