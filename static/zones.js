// Tracer une zone sur l’aperçu l’ajoute au texte du champ, qui reste le seul endroit où elle s’écrit.
// À la souris ou au stylet : un rectangle. Du doigt : une touche, pour que la page défile encore.
const figure=document.querySelector(".preview .zones"),champ=document.querySelector("textarea[name=places]");
if(figure&&champ){
  const dit=document.querySelector("[data-zones]"),svg=figure.querySelector("svg"),arrondi=n=>Math.round(n*2)/2;
  const borne=n=>Math.min(100,Math.max(0,n)),lieu=e=>{const r=figure.getBoundingClientRect();return[borne(100*(e.clientX-r.left)/r.width),borne(100*(e.clientY-r.top)/r.height)]};
  let debut,trait;
  const cadre=([x,y],[u,v])=>Math.abs(u-x)<2||Math.abs(v-y)<2?[borne(Math.min(x-7,86)),borne(Math.min(y-5,90)),14,10]:[Math.min(x,u),Math.min(y,v),Math.abs(u-x),Math.abs(v-y)];
  const poser=(r,c)=>["x","y","width","height"].forEach((n,i)=>r.setAttribute(n,c[i]+"%"));
  const ajouter=c=>{
    const numero=(champ.value.match(/^\[/gm)||[]).length+1,nom=dit.dataset.nom+" "+numero,avant=champ.value.trimEnd();
    champ.value=(avant?avant+"\n\n":"")+`[${c.map(n=>String(arrondi(n)).replace(".",",")).join(" ")} : ${nom}]\n`;
    const fin=champ.value.length-2;champ.focus();champ.setSelectionRange(fin-nom.length,fin);
    champ.dispatchEvent(new Event("input",{bubbles:true}));dit.textContent=dit.dataset.dit.replace("%",numero)};
  figure.classList.add("drawing");
  figure.addEventListener("dragstart",e=>e.preventDefault());
  figure.addEventListener("click",e=>{if(e.detail)e.preventDefault()});
  figure.addEventListener("pointerdown",e=>{if(e.button)return;debut=lieu(e);if(e.pointerType==="touch")return;figure.setPointerCapture(e.pointerId);
    trait=document.createElementNS("http://www.w3.org/2000/svg","rect");trait.setAttribute("class","drawn");svg.append(trait)});
  figure.addEventListener("pointermove",e=>{if(trait)poser(trait,cadre(debut,lieu(e)))});
  figure.addEventListener("pointercancel",()=>{trait?.remove();debut=trait=0});
  figure.addEventListener("pointerup",e=>{if(!debut)return;const c=cadre(debut,lieu(e));
    if(!trait){trait=document.createElementNS("http://www.w3.org/2000/svg","rect");trait.setAttribute("class","drawn");svg.append(trait)}
    poser(trait,c);debut=trait=0;ajouter(c)});
}
