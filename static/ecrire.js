// Une barre au-dessus des textes en Markdown : elle écrit les signes à la place de la personne.
const GESTES=[["Gras",t=>`**${t||"texte"}**`],["Italique",t=>`*${t||"texte"}*`],["Titre",t=>t.replace(/^#* ?/,"## "),1],["Liste",t=>t.replace(/^(- )?/gm,"- "),1],
  ["Liste numérotée",t=>t.split("\n").map((l,i)=>`${i+1}. ${l.replace(/^\d+\. /,"")}`).join("\n"),1],["Lien",t=>`[${t||"texte du lien"}](https://)`]];
for(const champ of document.querySelectorAll("textarea[data-markdown]")){
  const barre=Object.assign(document.createElement("div"),{className:"row tools"}),nom=document.querySelector(`label[for="${champ.id}"]`)?.textContent.trim();
  barre.setAttribute("role","group");barre.setAttribute("aria-label",`Mise en forme : ${nom}`);
  for(const [mot,ecrire,lignes] of GESTES){
    const b=Object.assign(document.createElement("button"),{type:"button",className:"btn small quiet",textContent:mot});
    b.addEventListener("click",()=>{
      let {selectionStart:a,selectionEnd:z,value:v}=champ;
      if(lignes){a=v.lastIndexOf("\n",a-1)+1;z=(v+"\n").indexOf("\n",z)}
      const mis=ecrire(v.slice(a,z));champ.focus();champ.setRangeText(mis,a,z,"select");
      if(mot==="Lien")champ.setSelectionRange(a+mis.length-1,a+mis.length-1);
      champ.dispatchEvent(new Event("input",{bubbles:true}))});
    barre.append(b)}
  champ.before(barre);
}
