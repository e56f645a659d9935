import { render } from '../render'

export default function Home({ title, content }) {
  return (
    <main>
      <h1>{title}</h1>
      <div dangerouslySetInnerHTML={{ __html: content }} />
    </main>
  )
}

export async function getStaticProps() {
  return { props: await render('bio.md') }
}
