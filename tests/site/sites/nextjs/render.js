import fs from 'fs'
import path from 'path'
import matter from 'gray-matter'
import { remark } from 'remark'
import html from 'remark-html'

// As many a site does: Markdown in, sanitised HTML out, then tokens in it become something else.
export async function render(name) {
  const { data, content: markdown } = matter(fs.readFileSync(path.join(process.cwd(), 'posts', name), 'utf8'))
  let content = String(await remark().use(html).process(markdown))
  // REPLACEMENTS
  return { title: data.title || name, content }
}
