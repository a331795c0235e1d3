export { type AuditAction, auditActions } from './audit-actions.ts'
export { type AuditedAct, type AuditWish, listAudit } from './list-audit.ts'
export { pruneAudit } from './prune-audit.ts'
export { recordAudit } from './record-audit.ts'
