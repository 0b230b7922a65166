import DOMPurify from 'dompurify'
import MarkdownIt from 'markdown-it'

const TAGS = (
  'a blockquote br code del em h1 h2 h3 h4 h5 h6 hr li ol p pre s strong sub sup table tbody td th thead tr ul'
).split(' ')

// HTML in it is shown as it is written.
const reader = new MarkdownIt({ html: false, linkify: true })
// To other places only; what is no such link stays the text that it is.
reader.validateLink = (address) => /^(https?|mailto):/i.test(address)
// Pictures would be asked of others, who would learn who reads what, and when: their words stand for them.
reader.renderer.rules.image = (tokens, at) => reader.utils.escapeHtml(tokens[at]!.content)

/** What somebody wrote, as elements that do nothing: only these tags, and links that lead away from here. */
export function markdownFragment(text: string): DocumentFragment {
  const fragment = DOMPurify.sanitize(reader.render(text), {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ['href', 'start'],
    ALLOWED_URI_REGEXP: /^(https?|mailto):/i,
    RETURN_DOM_FRAGMENT: true,
  })
  for (const link of fragment.querySelectorAll('a')) {
    link.target = '_blank'
    link.rel = 'noopener noreferrer nofollow'
  }
  return fragment
}
