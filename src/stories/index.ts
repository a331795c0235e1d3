export { addSource } from './add-source.ts'
export { changeSource, pollSourceNow, removeSource } from './change-source.ts'
export { type BrokenSource, getSource, listBrokenSources, listSources } from './find-sources.ts'
export { findStory, getStory, listStories } from './find-stories.ts'
export { webAddress } from './input-parts.ts'
export { latestStories } from './latest-stories.ts'
export { linkTranslations, unlinkTranslation } from './link-translations.ts'
export { findDueSources, type PollOutcome, pollSource } from './poll-source.ts'
export { previewTopicRule, type RulePreview } from './preview-topic-rule.ts'
export type { Source, SourceProblem } from './source.ts'
export { type SourceFigures, sourceFigures } from './source-figures.ts'
export { type SourceChanges, type SourceInput, sourceChanges, sourceInput } from './source-input.ts'
export type { StoryPosition } from './store/linked-stories.ts'
export { type Story, type StoryState, storyStates } from './story.ts'
export {
	type StoryChanges,
	type StoryInput,
	type StoryQuery,
	storyChanges,
	storyInput,
	storyQuery,
	translationsInput,
} from './story-input.ts'
export { changeStory, writeStory } from './write-story.ts'
