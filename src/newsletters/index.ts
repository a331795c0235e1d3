export { changeNewsletter } from './change-newsletter.ts'
export { createNewsletter } from './create-newsletter.ts'
export { newsletterLocales, textDefaultsIn } from './defaults/index.ts'
export {
	createReadNewsletter,
	findNewsletter,
	getNewsletter,
	listNewsletters,
	type ReadNewsletter,
} from './find-newsletter.ts'
export { changeLook, getLogo, readLogo, withLook } from './look/change-look.ts'
export { fitLogo, logoInMail, logoPath, type ShownSize } from './look/logo-address.ts'
export {
	asksGivenName,
	type DraftFirst,
	datesOf,
	listId,
	type Newsletter,
	type NewsletterText,
	type RoundUp,
	type Schedule,
	textIn,
	zoneOf,
} from './newsletter.ts'
export {
	type NewsletterChanges,
	type NewsletterInput,
	newsletterChanges,
	newsletterInput,
	patternInput,
} from './newsletter-input.ts'
export { goingOf, nextGoing } from './next-going.ts'
export { fillPattern, type PatternValues, patternNames } from './patterns.ts'
export { type DnsRecord, listDnsRecords, type SenderConfig } from './sender/list-dns-records.ts'
export { lockNewsletter } from './store.ts'
export { listTestLists, removeTestList, saveTestList, testListInput } from './test-lists/manage-test-lists.ts'
export type { TestList } from './test-lists/store.ts'
export { addTopic, changeTopic, checkTopics, listTopics, orderTopics } from './topics/manage-topics.ts'
export type { Topic, TopicRule } from './topics/topic.ts'
export {
	type TopicRuleInput,
	topicChanges,
	topicInput,
	topicOrder,
	topicRuleInput,
} from './topics/topic-input.ts'
export { addTopicRule, checkTopicRule, listTopicRules, removeTopicRule } from './topics/topic-rules.ts'
