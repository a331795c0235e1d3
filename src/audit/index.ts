export { pruneAudit } from './prune-audit.ts'
export { recordAudit } from './record-audit.ts'
