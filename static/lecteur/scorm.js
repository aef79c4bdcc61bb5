// L'API de SCORM 1.2 ou 2004 (scorm-again), et le module dans un cadre de la même origine.
(()=>{
  const ancien=document.documentElement.dataset.norme==="scorm-1.2";
  const nom=ancien?"API":"API_1484_11",gestes=ancien?["LMSSetValue","LMSCommit","LMSFinish"]:["SetValue","Commit","Terminate"];
  let api,cadre,minuterie,fini=false,actif=false;

  const nombre=x=>x===""||x==null||!Number.isFinite(+x)?null:+x;
  const sur100=s=>{
    const brut=nombre(s.raw),bas=nombre(s.min)??0,haut=nombre(s.max)??100,echelle=nombre(s.scaled);
    if(echelle!=null)return echelle*100;
    return brut==null?null:haut>bas?(brut-bas)/(haut-bas)*100:brut;
  };
  const resultat=c=>{
    if(ancien){const s=c.core.lesson_status;return{status:["passed","completed","failed"].includes(s)?s:"incomplete",score:sur100(c.core.score)}}
    const s=["passed","failed"].includes(c.success_status)?c.success_status:c.completion_status==="completed"?"completed":"incomplete";
    return{status:s,score:sur100(c.score)};
  };
  const dire=()=>{
    clearTimeout(minuterie);
    if(!actif)return;
    const c=JSON.parse(JSON.stringify(api.cmi));
    // Le journal des réponses n'aide pas à reprendre, et pèse.
    delete c.interactions;delete c.comments;
    const duree=api.cmi.getCurrentTotalTime();
    if(ancien)c.core.total_time=duree;else c.total_time=duree;
    Pont.dire({atn:"etat",...resultat(c),state:{cmi:c,fini}});
  };
  const bientot=()=>{clearTimeout(minuterie);minuterie=setTimeout(dire,1500)};

  function reprendre(part,garde){
    // On reprend tant que la partie n'est pas faite; faite et quittée pour de bon, elle recommence.
    const suspendu=garde?.cmi&&(ancien?garde.cmi.core?.exit:garde.cmi.exit)==="suspend";
    const c=garde?.cmi&&(suspendu||!garde.fini||resultat(garde.cmi).status==="incomplete")?garde.cmi:null;
    const plat={};
    const poser=(o,chemin)=>{for(const[k,v]of Object.entries(o??{})){const p=`${chemin}.${k}`;if(v&&typeof v==="object")poser(v,p);else if(v!==""&&v!=null&&!/_children$|_count$|_version$|session_time$|\.exit$|\.entry$|learner_|student_(id|name)$|_mode$|\.mode$|launch_data$|mastery_score$|scaled_passing_score$/.test(p))plat[p]=v}};
    if(c)poser(c,"cmi");
    const qui=ancien?"cmi.core.student_":"cmi.learner_";
    plat[qui+"id"]="apprenant";plat[qui+"name"]="Apprenant";
    plat[ancien?"cmi.core.entry":"cmi.entry"]=c?"resume":garde?"":"ab-initio";
    if(part.data)plat["cmi.launch_data"]=part.data;
    if(part.mastery!=null)plat[ancien?"cmi.student_data.mastery_score":"cmi.scaled_passing_score"]=String(part.mastery);
    api.loadFromFlattenedJSON(plat);
  }

  Pont.ecouter(m=>{
    if(m.atn==="debut"&&!cadre){
      const Api=ancien?Scorm12API:Scorm2004API;
      api=window[nom]=new Api({autocommit:false,logLevel:5,mastery_override:true,autoCompleteLessonStatus:true});
      reprendre(m.part,m.state);
      api.on(ancien?"LMSInitialize":"Initialize",()=>{actif=true;dire()});
      api.on(gestes[0],bientot);api.on(gestes[1],dire);api.on(gestes[2],()=>{fini=true;dire()});
      cadre=document.createElement("iframe");cadre.title=m.part.title;cadre.allow="fullscreen";
      cadre.src=`../../contenu/${m.part.href.replace(/^[^?]*/,c=>c.split("/").map(encodeURIComponent).join("/"))}`;
      // Un simple document ne dit rien de lui-même : l'ouvrir, c'est l'avoir fait.
      if(m.part.asset)cadre.onload=()=>Pont.dire({atn:"etat",status:"completed",score:null,state:null});
      document.body.append(cadre);
    }
    // On s'en va : le module dit au revoir en quittant son cadre, puis le site peut partir.
    if(m.atn==="fermer"){cadre?.remove();cadre=null;dire();Pont.dire({atn:"parti"})}
  });
})();
