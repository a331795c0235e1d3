export { type ImportedSuppressions, importSuppressions } from './import-suppressions.ts'
export { isLiftedByConfirming } from './is-lifted-by-confirming.ts'
export { exportSuppressions, listSuppressions } from './list-suppressions.ts'
export {
	findSuppression,
	liftByEvidence,
	liftSuppression,
	type Suppression,
	type SuppressionCursor,
	type SuppressionRow,
	suppress,
	suppressAll,
} from './store.ts'
export {
	type AddressOrHash,
	findByStaff,
	liftByStaff,
	lookUpSuppression,
	suppressByStaff,
} from './suppress-by-staff.ts'
