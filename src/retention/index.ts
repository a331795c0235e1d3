export { type ApplyRetentionDeps, applyRetention } from './apply-retention.ts'
export { type KeptData, type ShowRetentionDeps, showRetention } from './show-retention.ts'
