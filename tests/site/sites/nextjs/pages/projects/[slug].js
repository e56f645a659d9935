import { render } from '../../render'

// The first picture of a project is lifted out of the text and shown above the title.
export default function Project({ title, media, content }) {
  return (
    <main>
      {media && <div id="media" dangerouslySetInnerHTML={{ __html: media }} />}
      <h1>{title}</h1>
      <div dangerouslySetInnerHTML={{ __html: content }} />
    </main>
  )
}

export async function getStaticProps({ params }) {
  const { title, content } = await render(`projects/${params.slug}.md`)
  const picture = /<p><img([^>]*)><\/p>|<img([^>]*)>/i
  const found = content.match(picture)
  const media = found ? found[0].replace(/<p><img([^>]*)><\/p>/g, '<img$1>') : null
  return { props: { title, media, content: content.replace(picture, '') } }
}

export async function getStaticPaths() {
  return { paths: [{ params: { slug: 'drex' } }], fallback: false }
}
