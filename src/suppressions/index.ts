export { isLiftedByConfirming } from './is-lifted-by-confirming.ts'
export { findSuppression, liftSuppression, type Suppression, suppress } from './store.ts'
